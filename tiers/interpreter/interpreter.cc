#include "tiers/interpreter/interpreter.h"

#include "absl/base/call_once.h"
#include "runtime/activation.h"
#include "runtime/trap_handler.h"
#include "tiers/interpreter/calls.h"
#include "tiers/interpreter/fault_sites.h"
#include "tiers/interpreter/frames.h"
#include "tiers/interpreter/handlers.h"

namespace wasmtier::interpreter {

int32_t TranslateInstruction() { return HandlerDistance(SimpleHandler(Simple::kTranslate)); }
int32_t CompiledInstruction() { return HandlerDistance(SimpleHandler(Simple::kEnterCompiled)); }

void Initialize() {
  static absl::once_flag once;
  absl::call_once(once, [] {
    InitializeReturnAddresses();
    runtime::RegisterFaultSites(FaultSites());
    runtime::SetInterpreterFrames(MakeFrames);
  });
}

}  // namespace wasmtier::interpreter

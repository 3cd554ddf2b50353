#include "tiers/interpreter/interpreter.h"

#include "absl/base/call_once.h"
#include "runtime/activation.h"
#include "runtime/interpreter_frame.h"
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
    runtime::SetInterpreterLayout({.host_link = halt_target.address(),
                                   .machine_link = machine_halt_target.address(),
                                   .bridge_link = bridge_target.address(),
                                   .bridge_slots = kBridgeSlots,
                                   .bridge_link_slot = 1,
                                   .header_field = kHeaderBeforeReturn,
                                   .base_field = kBaseBeforeReturn,
                                   .enter_bytes = kEnterBytes});
  });
}

}  // namespace wasmtier::interpreter

#include "engine/policy/machine_code.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/trap.h"
#include "tiers/interpreter/interpreter.h"

namespace wasmtier::engine {

MachineCode::~MachineCode() = default;

bool MachineCode::Prepare() {
  if (published_space_.load(std::memory_order_acquire) != nullptr) return true;
  absl::MutexLock lock(&mutex_);
  if (!was_tried_) {
    was_tried_ = true;
    status_ = Create();
  }
  return status_.ok();
}

absl::Status MachineCode::status() const {
  absl::MutexLock lock(&mutex_);
  return status_;
}

absl::Status MachineCode::Create() {
  absl::StatusOr<std::unique_ptr<runtime::CodeSpace>> space = runtime::CodeSpace::Create();
  if (!space.ok()) return space.status();
  absl::StatusOr<std::unique_ptr<baseline::Stubs>> stubs =
      baseline::Stubs::Create(**space, &interpreter::EnterFromMachineCode);
  if (!stubs.ok()) return stubs.status();
  space_ = *std::move(space);
  stubs_ = *std::move(stubs);
  published_space_.store(space_.get(), std::memory_order_release);
  Announce(stubs_->runtime_call(), "runtime call");
#define TRAP(Name, message) Announce(stubs_->trap(runtime::TrapCode::k##Name), "trap " #Name);
#include "runtime/traps.def"
#undef TRAP
  return absl::OkStatus();
}

absl::StatusOr<baseline::Stubs::OfSignature> MachineCode::StubsFor(const runtime::FuncType& type) {
  absl::StatusOr<baseline::Stubs::OfSignature> stubs = stubs_->For(type);
  if (!stubs.ok()) return stubs;
  {
    absl::MutexLock lock(&announced_mutex_);
    if (announced_.contains(stubs->interpreter)) return stubs;
  }
  // The first type is that of the name; others of the same kinds share the stubs.
  const std::string text = runtime::ToString(type);
  Announce(reinterpret_cast<const void*>(stubs->enter), absl::StrCat("enter ", text));
  Announce(stubs->load_arguments, absl::StrCat("load arguments ", text));
  Announce(stubs->host, absl::StrCat("host ", text));
  Announce(stubs->interpreter, absl::StrCat("interpreter ", text));
  return stubs;
}

void MachineCode::Announce(const void* stub, std::string_view name) {
  const runtime::CompiledCode* const code = stub == nullptr ? nullptr : space_->Find(stub);
  if (code == nullptr) return;
  {
    absl::MutexLock lock(&announced_mutex_);
    announced_.insert(stub);
    // Several entries may lie in one piece of code.
    if (stub != code->begin && !announced_.insert(code->begin).second) return;
  }
  listener_.OnStub(code->begin, code->size, name);
}

}  // namespace wasmtier::engine

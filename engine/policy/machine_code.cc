#include "engine/policy/machine_code.h"

#include <algorithm>
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
  Announce({
      {stubs_->runtime_call(), "runtime call"},
#define TRAP(Name, message) {stubs_->trap(runtime::TrapCode::k##Name), "trap " #Name},
#include "runtime/traps.def"
#undef TRAP
  });
  return absl::OkStatus();
}

absl::StatusOr<baseline::Stubs::OfSignature> MachineCode::StubsFor(const runtime::FuncType& type) {
  absl::StatusOr<baseline::Stubs::OfSignature> stubs = stubs_->For(type);
  if (!stubs.ok()) return stubs;
  {
    absl::MutexLock lock(&announced_mutex_);
    if (!announced_.insert(stubs->interpreter).second) return stubs;
  }
  // The first type is that of the name; others of the same kinds share the stubs.
  const std::string text = runtime::ToString(type);
  Announce({{reinterpret_cast<const void*>(stubs->enter), absl::StrCat("enter ", text)},
            {stubs->load_arguments, absl::StrCat("load arguments ", text)},
            {stubs->host, absl::StrCat("host ", text)},
            {stubs->interpreter, absl::StrCat("interpreter ", text)}});
  return stubs;
}

void MachineCode::Announce(std::vector<NamedStub> stubs) {
  std::sort(stubs.begin(), stubs.end(),
            [](const NamedStub& a, const NamedStub& b) { return a.begin < b.begin; });
  for (size_t i = 0; i < stubs.size(); ++i) {
    const auto* const begin = static_cast<const uint8_t*>(stubs[i].begin);
    const runtime::CompiledCode* const code = begin == nullptr ? nullptr : space_->Find(begin);
    if (code == nullptr) continue;
    // Several may lie in one piece of code.
    const uint8_t* end = code->begin + code->size;
    if (i + 1 < stubs.size()) end = std::min(end, static_cast<const uint8_t*>(stubs[i + 1].begin));
    listener_.OnStub({begin, static_cast<size_t>(end - begin), stubs[i].name, code});
  }
}

}  // namespace wasmtier::engine

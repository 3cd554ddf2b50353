#include "wasmtier/caller.h"

#include "engine/api/extern_access.h"
#include "engine/api/store_state.h"
#include "runtime/instance.h"

namespace wasmtier {

Store& Caller::store() const { return store_->borrowed; }

std::optional<Instance> Caller::instance() const {
  if (instance_ == nullptr) return std::nullopt;
  return internal::InstanceAccess::Make(store_, instance_);
}

std::optional<Memory> Caller::memory(uint32_t index) const {
  if (instance_ == nullptr || index >= instance_->module().memories.size()) return std::nullopt;
  return internal::MemoryAccess::Make(store_, &instance_->memory(index));
}

std::optional<Extern> Caller::FindExport(std::string_view name) const {
  const std::optional<Instance> caller = instance();
  return caller ? caller->FindExport(name) : std::nullopt;
}

namespace internal {

StoreState* StoreOf(const Caller& caller) { return CallerAccess::store(caller); }

}  // namespace internal

}  // namespace wasmtier

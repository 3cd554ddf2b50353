#include "wasmtier/global.h"

#include "engine/api/convert_types.h"
#include "engine/api/extern_access.h"
#include "engine/api/value_access.h"
#include "runtime/global.h"

namespace wasmtier {

absl::StatusOr<Global> Global::Create(Store& store, const GlobalType& type, const Value& value) {
  internal::StoreState& state = internal::StoreAccess::state(store);
  absl::Status status = internal::CheckValue(&state, "global", type.type, value);
  if (!status.ok()) return status;
  runtime::GlobalCell cell{};
  internal::ValueAccess::Write(value, cell.slots);
  return Global(&state, state.store->NewGlobal(internal::ToRuntime(type), cell));
}

GlobalType Global::type() const { return internal::ToPublic(global_->type); }

Value Global::Get() const {
  return internal::ValueAccess::Read(store_, type().type, global_->cell.slots);
}

absl::Status Global::Set(const Value& value) const {
  if (!global_->type.is_mutable) {
    return absl::FailedPreconditionError("global: it is immutable");
  }
  absl::Status status = internal::CheckValue(store_, "global", type().type, value);
  if (!status.ok()) return status;
  internal::ValueAccess::Write(value, global_->cell.slots);
  return absl::OkStatus();
}

}  // namespace wasmtier

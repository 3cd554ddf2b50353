#include "wasmtier/table.h"

#include "absl/strings/str_cat.h"
#include "engine/api/convert_types.h"
#include "engine/api/extern_access.h"
#include "engine/api/limits_check.h"
#include "engine/api/value_access.h"
#include "runtime/table.h"

namespace wasmtier {
namespace {

absl::Status OutOfBounds(uint64_t index, uint64_t size) {
  return absl::OutOfRangeError(
      absl::StrCat("table access out of bounds: element ", index, ", table has ", size));
}

// The word that a table holds for a value of its type.
uint64_t WordOf(const Value& value) {
  uint64_t word = 0;
  internal::ValueAccess::Write(value, &word);
  return word;
}

}  // namespace

absl::StatusOr<Table> Table::Create(Store& store, const TableType& type, const Value& initial) {
  absl::Status status =
      internal::CheckLimits("table", type.limits, type.limits.is_64 ? UINT64_MAX : UINT32_MAX);
  if (!status.ok()) return status;
  if (!type.element.IsRef()) {
    return absl::InvalidArgumentError(
        absl::StrCat("table: elements must be references, found ", ToString(type.element)));
  }
  internal::StoreState& state = internal::StoreAccess::state(store);
  status = internal::CheckValue(&state, "table: initial value", type.element, initial);
  if (!status.ok()) return status;
  absl::StatusOr<runtime::Table*> table =
      state.store->NewTable(internal::ToRuntime(type), WordOf(initial));
  if (!table.ok()) return table.status();
  return Table(&state, *table);
}

TableType Table::type() const { return internal::ToPublic(table_->type()); }

uint64_t Table::size() const { return table_->size(); }

absl::StatusOr<Value> Table::Get(uint64_t index) const {
  if (!table_->Contains(index, 1)) return OutOfBounds(index, size());
  const uint64_t word = table_->Get(index);
  return internal::ValueAccess::Read(store_, type().element, &word);
}

absl::Status Table::Set(uint64_t index, const Value& value) const {
  absl::Status status =
      internal::CheckValue(store_, absl::StrCat("table element ", index), type().element, value);
  if (!status.ok()) return status;
  if (!table_->Contains(index, 1)) return OutOfBounds(index, size());
  table_->Set(index, WordOf(value));
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> Table::Grow(uint64_t elements, const Value& initial) const {
  absl::Status status =
      internal::CheckValue(store_, "table: initial value", type().element, initial);
  if (!status.ok()) return status;
  const int64_t previous = table_->Grow(elements, WordOf(initial));
  if (previous < 0) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot grow a table of ", size(), " elements by ", elements));
  }
  return static_cast<uint64_t>(previous);
}

}  // namespace wasmtier

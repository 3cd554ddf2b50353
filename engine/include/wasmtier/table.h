// Table: a table of references (spec: "Table Instances").
#ifndef WASMTIER_TABLE_H_
#define WASMTIER_TABLE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wasmtier/store.h"
#include "wasmtier/types.h"
#include "wasmtier/value.h"

namespace wasmtier {

namespace runtime {
class Table;
}
namespace internal {
struct TableAccess;
}

// A handle (see Store). Values must have the kind of type().element (InvalidArgument) and belong to
// the same store.
class Table {
 public:
  // InvalidArgument: limits out of order, or `initial` of another kind. ResourceExhausted: limits
  // of the store.
  static absl::StatusOr<Table> Create(Store& store, const TableType& type, const Value& initial);

  // As declared; its size now is size().
  TableType type() const;
  uint64_t size() const;

  // OutOfRange: "table access out of bounds: element 10, table has 10".
  absl::StatusOr<Value> Get(uint64_t index) const;
  absl::Status Set(uint64_t index, const Value& value) const;
  // Adds elements and returns the previous size. ResourceExhausted: its maximum or the store's
  // limit.
  absl::StatusOr<uint64_t> Grow(uint64_t elements, const Value& initial) const;

  bool operator==(const Table&) const = default;

 private:
  friend struct internal::TableAccess;
  Table(internal::StoreState* store, runtime::Table* table) : store_(store), table_(table) {}

  internal::StoreState* store_;
  runtime::Table* table_;
};

}  // namespace wasmtier

#endif  // WASMTIER_TABLE_H_

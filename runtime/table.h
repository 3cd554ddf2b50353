// Tables (spec: "Table Instances").
#ifndef WASMTIER_RUNTIME_TABLE_H_
#define WASMTIER_RUNTIME_TABLE_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "runtime/model/types.h"
#include "runtime/vm_context.h"

namespace wasmtier::runtime {

class Table {
 public:
  // `element_limit`: more elements are refused, at creation and by Grow.
  static absl::StatusOr<std::unique_ptr<Table>> Create(const TableType& type, uint64_t initial,
                                                       uint64_t element_limit);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  const TableType& type() const { return type_; }
  const TableView& view() const { return view_; }
  uint64_t size() const { return view_.size; }
  uint64_t Get(uint64_t index) const { return view_.elements[index]; }
  void Set(uint64_t index, uint64_t reference) { view_.elements[index] = reference; }
  bool Contains(uint64_t index, uint64_t count) const {
    return count <= view_.size && index <= view_.size - count;
  }
  // table.grow: the previous size, or -1.
  int64_t Grow(uint64_t delta, uint64_t initial);

 private:
  Table(const TableType& type, uint64_t element_limit)
      : type_(type), element_limit_(element_limit) {}

  TableType type_;
  uint64_t element_limit_;
  TableView view_{nullptr, 0};
  uint64_t capacity_ = 0;  // elements allocated
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_TABLE_H_

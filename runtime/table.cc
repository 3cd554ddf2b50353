#include "runtime/table.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace wasmtier::runtime {

absl::StatusOr<std::unique_ptr<Table>> Table::Create(const TableType& type, uint64_t initial,
                                                     uint64_t element_limit) {
  const uint64_t size = type.limits.minimum;
  if (size > element_limit || size > SIZE_MAX / sizeof(uint64_t)) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "a table of ", size, " elements exceeds the limit of ", element_limit, " elements"));
  }
  std::unique_ptr<Table> table(new Table(type, element_limit));
  if (size != 0) {
    // Zeroed by calloc, so that the pages of null elements are never touched.
    table->view_.elements = static_cast<uint64_t*>(std::calloc(size, sizeof(uint64_t)));
    if (table->view_.elements == nullptr) {
      return absl::ResourceExhaustedError(
          absl::StrCat("cannot allocate a table of ", size, " elements"));
    }
    table->view_.size = table->capacity_ = size;
    if (initial != 0) std::fill_n(table->view_.elements, size, initial);
  }
  return table;
}

Table::~Table() { std::free(view_.elements); }

int64_t Table::Grow(uint64_t delta, uint64_t initial) {
  const uint64_t old_size = view_.size;
  const uint64_t most = std::min(
      {element_limit_, type_.limits.maximum.value_or(UINT64_MAX),
       type_.limits.is_64 ? uint64_t{INT64_MAX} / sizeof(uint64_t) : uint64_t{UINT32_MAX}});
  if (old_size > most || delta > most - old_size) return -1;
  const uint64_t new_size = old_size + delta;
  if (new_size > capacity_) {
    // Doubled, so that growing one by one is linear.
    const uint64_t capacity = std::max(new_size, std::min(most, capacity_ * 2));
    void* const elements = std::realloc(view_.elements, capacity * sizeof(uint64_t));
    if (elements == nullptr) return -1;
    view_.elements = static_cast<uint64_t*>(elements);
    capacity_ = capacity;
  }
  std::fill_n(view_.elements + old_size, delta, initial);
  view_.size = new_size;
  return static_cast<int64_t>(old_size);
}

}  // namespace wasmtier::runtime

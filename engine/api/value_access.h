// Values to and from the slots of raw calls.
#ifndef WASMTIER_ENGINE_API_VALUE_ACCESS_H_
#define WASMTIER_ENGINE_API_VALUE_ACCESS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "engine/api/store_state.h"
#include "runtime/model/types.h"
#include "wasmtier/value.h"

namespace wasmtier::internal {

// The kind of the values of a type: those of kOtherRef are functions or the embedder's words, too.
ValueKind KindOfValues(ValueType type);
// Whether `value` is of `type`, which is of kind kOtherRef.
bool IsOtherRef(ValueType type, const Value& value);

struct ValueAccess {
  // Writes as many slots as the value's kind has.
  static void Write(const Value& value, uint64_t* slots) {
    slots[0] = value.words_[0];
    if (value.kind_ == ValueKind::kV128) slots[1] = value.words_[1];
  }
  static Value Read(StoreState* store, ValueType type, const uint64_t* slots) {
    const ValueKind kind = KindOfValues(type);
    Value value(kind, slots[0]);
    if (kind == ValueKind::kV128) value.words_[1] = slots[1];
    if (kind == ValueKind::kFuncRef) value.words_[1] = reinterpret_cast<uint64_t>(store);
    return value;
  }
  // Whether the value may be used in `store`: a function reference that is not null belongs to one.
  static bool BelongsTo(const Value& value, const StoreState* store) {
    return value.kind_ != ValueKind::kFuncRef || value.words_[0] == 0 ||
           value.words_[1] == reinterpret_cast<uint64_t>(store);
  }
};

// Whether `value` may be given where `expected` is asked for, whatever its store.
inline bool HasType(const Value& value, ValueType expected) {
  return expected == ValueType(value.kind()) ||
         (expected.kind() == ValueKind::kOtherRef && IsOtherRef(expected, value));
}

// Whether `value` may be given where `expected` is asked for in `store`: what CheckValue checks,
// without making a message.
inline bool Fits(const StoreState* store, ValueType expected, const Value& value) {
  return HasType(value, expected) && ValueAccess::BelongsTo(value, store);
}

// InvalidArgument unless Fits: "<what>: expected i32, found i64".
absl::Status CheckValue(const StoreState* store, const std::string& what, ValueType expected,
                        const Value& value);

}  // namespace wasmtier::internal

#endif  // WASMTIER_ENGINE_API_VALUE_ACCESS_H_

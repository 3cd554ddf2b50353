// Value: a WebAssembly value with its kind, for calls whose types are known only at run time (else:
// typed_func.h).
#ifndef WASMTIER_VALUE_H_
#define WASMTIER_VALUE_H_

#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <string>

#include "wasmtier/types.h"

namespace wasmtier {

class Func;
namespace internal {
struct StoreState;
struct ValueAccess;
}  // namespace internal

// 16 bytes, lane 0 first.
struct V128 {
  uint8_t bytes[16] = {};
  bool operator==(const V128&) const = default;
};

// Copyable; 24 bytes. References do not own what they refer to: a function reference is valid while
// its Store lives; an external reference is a word of the embedder's, never dereferenced, and null
// if that word is. An accessor may be called only for the value's kind (asserted in debug builds).
class Value {
 public:
  // i32 0
  constexpr Value() = default;
  constexpr Value(int32_t value)
      : Value(ValueKind::kI32, static_cast<uint32_t>(value)) {}       // NOLINT
  constexpr Value(uint32_t value) : Value(ValueKind::kI32, value) {}  // NOLINT
  constexpr Value(int64_t value)
      : Value(ValueKind::kI64, static_cast<uint64_t>(value)) {}                      // NOLINT
  constexpr Value(uint64_t value) : Value(ValueKind::kI64, value) {}                 // NOLINT
  constexpr Value(float value) : Value(F32Bits(std::bit_cast<uint32_t>(value))) {}   // NOLINT
  constexpr Value(double value) : Value(F64Bits(std::bit_cast<uint64_t>(value))) {}  // NOLINT
  Value(const V128& value) : kind_(ValueKind::kV128) {                               // NOLINT
    std::memcpy(words_, value.bytes, sizeof(words_));
  }
  // A function reference; the null reference for a null Func.
  Value(const Func& function);  // NOLINT

  // Exact bits, which a float does not keep everywhere (signalling NaNs).
  static constexpr Value F32Bits(uint32_t bits) { return Value(ValueKind::kF32, bits); }
  static constexpr Value F64Bits(uint64_t bits) { return Value(ValueKind::kF64, bits); }
  static Value ExternRef(void* object) {
    return Value(ValueKind::kExternRef, reinterpret_cast<uint64_t>(object));
  }
  // Zero, or the null reference, of a kind other than kOtherRef.
  static constexpr Value Default(ValueKind kind) { return Value(kind, 0); }

  constexpr ValueKind kind() const { return kind_; }
  constexpr int32_t i32() const { return static_cast<int32_t>(Word(ValueKind::kI32)); }
  constexpr uint32_t u32() const { return static_cast<uint32_t>(Word(ValueKind::kI32)); }
  constexpr int64_t i64() const { return static_cast<int64_t>(Word(ValueKind::kI64)); }
  constexpr uint64_t u64() const { return Word(ValueKind::kI64); }
  constexpr float f32() const { return std::bit_cast<float>(f32_bits()); }
  constexpr double f64() const { return std::bit_cast<double>(f64_bits()); }
  constexpr uint32_t f32_bits() const { return static_cast<uint32_t>(Word(ValueKind::kF32)); }
  constexpr uint64_t f64_bits() const { return Word(ValueKind::kF64); }
  V128 v128() const {
    assert(kind_ == ValueKind::kV128);
    V128 value;
    std::memcpy(value.bytes, words_, sizeof(words_));
    return value;
  }
  // Null for the null reference.
  Func func() const;
  void* externref() const { return reinterpret_cast<void*>(Word(ValueKind::kExternRef)); }
  constexpr bool IsNullRef() const { return kind_ >= ValueKind::kFuncRef && words_[0] == 0; }

 private:
  friend struct internal::ValueAccess;
  constexpr Value(ValueKind kind, uint64_t word) : kind_(kind), words_{word, 0} {}
  constexpr uint64_t Word(ValueKind kind) const {
    assert(kind_ == kind);
    (void)kind;
    return words_[0];
  }

  ValueKind kind_ = ValueKind::kI32;
  // In the form of a slot (i32 and f32 zero-extended); the second is v128's upper half, or the
  // store of a function reference.
  uint64_t words_[2] = {0, 0};
};

// "i32:7", "f64:0.5", "externref:null", "v128:0x000102..." (lane 0 first).
std::string ToString(const Value& value);

}  // namespace wasmtier

#endif  // WASMTIER_VALUE_H_

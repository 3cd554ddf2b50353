// The types of the spec (Wasm 3.0, "Syntax / Types"), as small values.
#ifndef WASMTIER_RUNTIME_MODEL_TYPES_H_
#define WASMTIER_RUNTIME_MODEL_TYPES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace wasmtier::runtime {

enum class ValueKind : uint8_t {
  kBottom,  // the type of operands in unreachable code: matches every type
  kI32,
  kI64,
  kF32,
  kF64,
  kV128,
  kRef,
  kI8,  // storage types of struct and array fields only
  kI16,
};

// An abstract heap type, or (kIndex) a type index of the module.
enum class HeapKind : uint8_t {
  kFunc,
  kExtern,
  kAny,
  kEq,
  kI31,
  kStruct,
  kArray,
  kExn,
  kNone,
  kNoFunc,
  kNoExtern,
  kNoExn,
  kIndex,
};

// A value type in 32 bits: kind (bits 0-3), nullable (bit 4), heap kind (bits 5-8), type index
// (bits 9-31). Equality of the bits is equality of the types within one module.
class ValueType {
 public:
  constexpr ValueType() = default;
  constexpr ValueType(ValueKind kind)
      : bits_(static_cast<uint32_t>(kind)) {}  // NOLINT: a kind is a type
  static constexpr ValueType Ref(HeapKind heap, bool nullable, uint32_t type_index = 0) {
    ValueType type(ValueKind::kRef);
    type.bits_ |= (nullable ? 16u : 0u) | static_cast<uint32_t>(heap) << 5 | type_index << 9;
    return type;
  }

  constexpr ValueKind kind() const { return static_cast<ValueKind>(bits_ & 15); }
  constexpr bool nullable() const { return (bits_ & 16) != 0; }
  constexpr HeapKind heap() const { return static_cast<HeapKind>(bits_ >> 5 & 15); }
  constexpr uint32_t type_index() const { return bits_ >> 9; }
  constexpr uint32_t bits() const { return bits_; }

  constexpr bool IsRef() const { return kind() == ValueKind::kRef; }
  constexpr bool IsBottom() const { return kind() == ValueKind::kBottom; }
  constexpr bool IsNumeric() const {
    return kind() >= ValueKind::kI32 && kind() <= ValueKind::kF64;
  }
  // Frame slots of 8 bytes that a value takes (design §6).
  constexpr uint32_t slots() const { return kind() == ValueKind::kV128 ? 2 : 1; }
  constexpr bool operator==(const ValueType&) const = default;

 private:
  uint32_t bits_ = 0;
};

inline constexpr ValueType kI32 = ValueKind::kI32;
inline constexpr ValueType kI64 = ValueKind::kI64;
inline constexpr ValueType kF32 = ValueKind::kF32;
inline constexpr ValueType kF64 = ValueKind::kF64;
inline constexpr ValueType kV128 = ValueKind::kV128;
inline constexpr ValueType kBottom = ValueKind::kBottom;
inline constexpr ValueType kFuncRef = ValueType::Ref(HeapKind::kFunc, true);
inline constexpr ValueType kExternRef = ValueType::Ref(HeapKind::kExtern, true);

// The type in the text format's spelling: "i32", "funcref", "(ref null 3)".
std::string ToString(ValueType type);

struct FuncType {
  std::vector<ValueType> params;
  std::vector<ValueType> results;
  bool operator==(const FuncType&) const = default;

  // Frame slots that all parameters (all results) take.
  uint32_t ParamSlots() const;
  uint32_t ResultSlots() const;
};
// "[i32 i64] -> [f32]"
std::string ToString(const FuncType& type);

struct FieldType {
  ValueType type;
  bool is_mutable = false;
  bool operator==(const FieldType&) const = default;
};

// One entry of the type section, after expansion of recursion groups.
struct TypeDefinition {
  enum class Kind : uint8_t { kFunc, kStruct, kArray };
  Kind kind = Kind::kFunc;
  bool is_final = true;
  std::optional<uint32_t> supertype;
  uint32_t group_start = 0;  // first type index of its recursion group
  uint32_t group_size = 1;
  FuncType func;                  // kFunc
  std::vector<FieldType> fields;  // kStruct, kArray (one field)
};

// Limits of memories (in pages of 64 KiB) and tables (in elements).
struct Limits {
  uint64_t minimum = 0;
  std::optional<uint64_t> maximum;
  bool is_64 = false;  // index type i64 (memory64, table64)
  bool operator==(const Limits&) const = default;
};

struct MemoryType {
  Limits limits;
  bool is_shared = false;
  bool operator==(const MemoryType&) const = default;
};

struct TableType {
  Limits limits;
  ValueType element;
  bool operator==(const TableType&) const = default;
};

struct GlobalType {
  ValueType type;
  bool is_mutable = false;
  bool operator==(const GlobalType&) const = default;
};

struct TagType {
  uint32_t type_index = 0;
};

// In the binary format's encoding of import and export descriptors.
enum class ExternKind : uint8_t { kFunc = 0, kTable = 1, kMemory = 2, kGlobal = 3, kTag = 4 };
const char* ToString(ExternKind kind);

inline constexpr uint64_t kPageSize = 65536;

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_MODEL_TYPES_H_

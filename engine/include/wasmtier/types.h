// Types of what modules import and export (spec: "Types"), as plain values.
//
// All are copyable and may be used from any thread. Sizes of memories are in pages of 64 KiB, of
// tables in elements.
#ifndef WASMTIER_TYPES_H_
#define WASMTIER_TYPES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace wasmtier {

// What a Value can hold, and kOtherRef: reference types of later proposals (typed function
// references, garbage collection), which modules may declare but values cannot have yet.
enum class ValueKind : uint8_t { kI32, kI64, kF32, kF64, kV128, kFuncRef, kExternRef, kOtherRef };

// "i32", "funcref" ...; "ref" for kOtherRef.
const char* ToString(ValueKind kind);

class ValueType {
 public:
  constexpr ValueType(ValueKind kind) : kind_(kind) {}  // NOLINT: a kind is a type
  // A reference type that has no kind of its own; `encoding` is the engine's.
  static constexpr ValueType OtherRef(uint32_t encoding) {
    ValueType type(ValueKind::kOtherRef);
    type.encoding_ = encoding;
    return type;
  }

  constexpr ValueKind kind() const { return kind_; }
  constexpr uint32_t encoding() const { return encoding_; }
  constexpr bool IsRef() const { return kind_ >= ValueKind::kFuncRef; }
  // 8-byte slots that a value takes in a raw call: 2 for v128, else 1.
  constexpr uint32_t slots() const { return kind_ == ValueKind::kV128 ? 2 : 1; }
  constexpr bool operator==(const ValueType&) const = default;

 private:
  ValueKind kind_;
  uint32_t encoding_ = 0;
};

// In the spelling of the text format: "i32", "(ref null 3)".
std::string ToString(ValueType type);

struct FuncType {
  std::vector<ValueType> params;
  std::vector<ValueType> results;
  bool operator==(const FuncType&) const = default;
};

// Sizes in pages (memories) or elements (tables); without a maximum the engine's limits hold.
struct Limits {
  uint64_t minimum = 0;
  std::optional<uint64_t> maximum = std::nullopt;
  bool is_64 = false;  // indexed by i64 (memory64, table64)
  bool operator==(const Limits&) const = default;
};

struct MemoryType {
  Limits limits = {};
  bool is_shared = false;
  bool operator==(const MemoryType&) const = default;
};

struct TableType {
  Limits limits = {};
  ValueType element = ValueKind::kFuncRef;
  bool operator==(const TableType&) const = default;
};

struct GlobalType {
  ValueType type = ValueKind::kI32;
  bool is_mutable = false;
  bool operator==(const GlobalType&) const = default;
};

// Of the exceptions proposal: modules may name tags, the engine does not run them yet.
struct TagType {
  FuncType type;
  bool operator==(const TagType&) const = default;
};

// In the order of the binary format.
enum class ExternKind : uint8_t { kFunc, kTable, kMemory, kGlobal, kTag };

// "function", "table", "memory", "global", "tag"
const char* ToString(ExternKind kind);

// The alternatives are in the order of ExternKind.
using ExternType = std::variant<FuncType, TableType, MemoryType, GlobalType, TagType>;

inline ExternKind KindOf(const ExternType& type) { return static_cast<ExternKind>(type.index()); }

// "(i32, i64) -> f32", "() -> ()"
std::string ToString(const FuncType& type);
// "1..10 pages", "1.. pages, shared"
std::string ToString(const MemoryType& type);
// "0..16 funcref"
std::string ToString(const TableType& type);
// "i32", "mutable i64"
std::string ToString(const GlobalType& type);
std::string ToString(const TagType& type);
// The kind and the type: "function (i32) -> ()", "memory 1..10 pages"
std::string ToString(const ExternType& type);

}  // namespace wasmtier

#endif  // WASMTIER_TYPES_H_

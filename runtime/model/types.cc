#include "runtime/model/types.h"

#include "absl/strings/str_cat.h"

namespace wasmtier::runtime {
namespace {

const char* HeapName(HeapKind heap) {
  switch (heap) {
    case HeapKind::kFunc:
      return "func";
    case HeapKind::kExtern:
      return "extern";
    case HeapKind::kAny:
      return "any";
    case HeapKind::kEq:
      return "eq";
    case HeapKind::kI31:
      return "i31";
    case HeapKind::kStruct:
      return "struct";
    case HeapKind::kArray:
      return "array";
    case HeapKind::kExn:
      return "exn";
    case HeapKind::kNone:
      return "none";
    case HeapKind::kNoFunc:
      return "nofunc";
    case HeapKind::kNoExtern:
      return "noextern";
    case HeapKind::kNoExn:
      return "noexn";
    case HeapKind::kIndex:
      return "index";
  }
  return "";
}

// The abbreviation of a nullable reference to an abstract heap type.
std::string ShortName(HeapKind heap) {
  switch (heap) {
    case HeapKind::kNone:
      return "nullref";
    case HeapKind::kNoFunc:
      return "nullfuncref";
    case HeapKind::kNoExtern:
      return "nullexternref";
    case HeapKind::kNoExn:
      return "nullexnref";
    default:
      return absl::StrCat(HeapName(heap), "ref");
  }
}

std::string ToString(const std::vector<ValueType>& types) {
  std::string text = "[";
  for (ValueType type : types) {
    absl::StrAppend(&text, text.size() > 1 ? " " : "", ToString(type));
  }
  return text + "]";
}

uint32_t Slots(const std::vector<ValueType>& types) {
  uint32_t slots = 0;
  for (ValueType type : types) slots += type.slots();
  return slots;
}

}  // namespace

std::string ToString(ValueType type) {
  switch (type.kind()) {
    case ValueKind::kBottom:
      return "bottom";
    case ValueKind::kI32:
      return "i32";
    case ValueKind::kI64:
      return "i64";
    case ValueKind::kF32:
      return "f32";
    case ValueKind::kF64:
      return "f64";
    case ValueKind::kV128:
      return "v128";
    case ValueKind::kI8:
      return "i8";
    case ValueKind::kI16:
      return "i16";
    case ValueKind::kRef:
      break;
  }
  if (type.nullable() && type.heap() != HeapKind::kIndex) return ShortName(type.heap());
  const std::string heap =
      type.heap() == HeapKind::kIndex ? absl::StrCat(type.type_index()) : HeapName(type.heap());
  return absl::StrCat("(ref ", type.nullable() ? "null " : "", heap, ")");
}

uint32_t FuncType::ParamSlots() const { return Slots(params); }
uint32_t FuncType::ResultSlots() const { return Slots(results); }

std::string ToString(const FuncType& type) {
  return absl::StrCat(ToString(type.params), " -> ", ToString(type.results));
}

const char* ToString(ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunc:
      return "function";
    case ExternKind::kTable:
      return "table";
    case ExternKind::kMemory:
      return "memory";
    case ExternKind::kGlobal:
      return "global";
    case ExternKind::kTag:
      return "tag";
  }
  return "";
}

}  // namespace wasmtier::runtime

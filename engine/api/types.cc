#include "wasmtier/types.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/api/convert_types.h"

namespace wasmtier {
namespace {

std::string TypeList(const std::vector<ValueType>& types) {
  return absl::StrJoin(types, ", ",
                       [](std::string* out, ValueType type) { *out += ToString(type); });
}

std::string Range(const Limits& limits) {
  std::string text = absl::StrCat(limits.minimum, "..");
  if (limits.maximum) absl::StrAppend(&text, *limits.maximum);
  return text;
}

}  // namespace

const char* ToString(ValueKind kind) {
  switch (kind) {
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
    case ValueKind::kFuncRef:
      return "funcref";
    case ValueKind::kExternRef:
      return "externref";
    case ValueKind::kOtherRef:
      return "ref";
  }
  return "unknown";
}

std::string ToString(ValueType type) { return runtime::ToString(internal::ToRuntime(type)); }

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
  return "unknown";
}

std::string ToString(const FuncType& type) {
  const bool one_result = type.results.size() == 1;
  return absl::StrCat("(", TypeList(type.params), ") -> ", one_result ? "" : "(",
                      TypeList(type.results), one_result ? "" : ")");
}

std::string ToString(const MemoryType& type) {
  return absl::StrCat(Range(type.limits), " pages", type.limits.is_64 ? ", i64" : "",
                      type.is_shared ? ", shared" : "");
}

std::string ToString(const TableType& type) {
  return absl::StrCat(Range(type.limits), " ", ToString(type.element),
                      type.limits.is_64 ? ", i64" : "");
}

std::string ToString(const GlobalType& type) {
  return absl::StrCat(type.is_mutable ? "mutable " : "", ToString(type.type));
}

std::string ToString(const TagType& type) { return ToString(type.type); }

std::string ToString(const ExternType& type) {
  return absl::StrCat(ToString(KindOf(type)), " ",
                      std::visit([](const auto& known) { return ToString(known); }, type));
}

}  // namespace wasmtier

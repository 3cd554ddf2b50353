#include "engine/api/convert_types.h"

namespace wasmtier::internal {
namespace {

Limits ToPublic(const runtime::Limits& limits) {
  return {.minimum = limits.minimum, .maximum = limits.maximum, .is_64 = limits.is_64};
}

runtime::Limits ToRuntime(const Limits& limits) {
  return {.minimum = limits.minimum, .maximum = limits.maximum, .is_64 = limits.is_64};
}

// The inverse of runtime::ValueType::bits().
runtime::ValueType FromEncoding(uint32_t bits) {
  return runtime::ValueType::Ref(static_cast<runtime::HeapKind>(bits >> 5 & 15), (bits & 16) != 0,
                                 bits >> 9);
}

}  // namespace

ValueType ToPublic(runtime::ValueType type) {
  switch (type.kind()) {
    case runtime::ValueKind::kI32:
      return ValueKind::kI32;
    case runtime::ValueKind::kI64:
      return ValueKind::kI64;
    case runtime::ValueKind::kF32:
      return ValueKind::kF32;
    case runtime::ValueKind::kF64:
      return ValueKind::kF64;
    case runtime::ValueKind::kV128:
      return ValueKind::kV128;
    default:
      break;
  }
  if (type == runtime::kFuncRef) return ValueKind::kFuncRef;
  if (type == runtime::kExternRef) return ValueKind::kExternRef;
  return ValueType::OtherRef(type.bits());
}

runtime::ValueType ToRuntime(ValueType type) {
  switch (type.kind()) {
    case ValueKind::kI32:
      return runtime::kI32;
    case ValueKind::kI64:
      return runtime::kI64;
    case ValueKind::kF32:
      return runtime::kF32;
    case ValueKind::kF64:
      return runtime::kF64;
    case ValueKind::kV128:
      return runtime::kV128;
    case ValueKind::kFuncRef:
      return runtime::kFuncRef;
    case ValueKind::kExternRef:
      return runtime::kExternRef;
    case ValueKind::kOtherRef:
      break;
  }
  return FromEncoding(type.encoding());
}

FuncType ToPublic(const runtime::FuncType& type) {
  FuncType result;
  result.params.reserve(type.params.size());
  for (runtime::ValueType param : type.params) result.params.push_back(ToPublic(param));
  result.results.reserve(type.results.size());
  for (runtime::ValueType value : type.results) result.results.push_back(ToPublic(value));
  return result;
}

runtime::FuncType ToRuntime(const FuncType& type) {
  runtime::FuncType result;
  result.params.reserve(type.params.size());
  for (ValueType param : type.params) result.params.push_back(ToRuntime(param));
  result.results.reserve(type.results.size());
  for (ValueType value : type.results) result.results.push_back(ToRuntime(value));
  return result;
}

MemoryType ToPublic(const runtime::MemoryType& type) {
  return {.limits = ToPublic(type.limits), .is_shared = type.is_shared};
}

runtime::MemoryType ToRuntime(const MemoryType& type) {
  return {.limits = ToRuntime(type.limits), .is_shared = type.is_shared};
}

TableType ToPublic(const runtime::TableType& type) {
  return {.limits = ToPublic(type.limits), .element = ToPublic(type.element)};
}

runtime::TableType ToRuntime(const TableType& type) {
  return {.limits = ToRuntime(type.limits), .element = ToRuntime(type.element)};
}

GlobalType ToPublic(const runtime::GlobalType& type) {
  return {.type = ToPublic(type.type), .is_mutable = type.is_mutable};
}

std::optional<SourceLine> ToPublic(const std::optional<runtime::SourceLine>& source) {
  if (!source) return std::nullopt;
  return SourceLine{.file = source->file, .line = source->line, .column = source->column};
}

runtime::GlobalType ToRuntime(const GlobalType& type) {
  return {.type = ToRuntime(type.type), .is_mutable = type.is_mutable};
}

ExternType ExternTypeOf(const runtime::Module& module, runtime::ExternKind kind, uint32_t index) {
  switch (kind) {
    case runtime::ExternKind::kFunc:
      return ToPublic(module.function_type(index));
    case runtime::ExternKind::kTable:
      return ToPublic(module.tables[index].type);
    case runtime::ExternKind::kMemory:
      return ToPublic(module.memories[index]);
    case runtime::ExternKind::kGlobal:
      return ToPublic(module.globals[index].type);
    case runtime::ExternKind::kTag:
      break;
  }
  return TagType{ToPublic(module.types[module.tags[index].type_index].func)};
}

}  // namespace wasmtier::internal

#include "runtime/model/subtyping.h"

namespace wasmtier::runtime {
namespace {

bool IsSameType(const Module& module, uint32_t a, uint32_t b) {
  if (a == b) return true;
  const auto& canonical = module.canonical_types;
  return a < canonical.size() && b < canonical.size() && canonical[a] == canonical[b];
}

HeapKind KindOfDefinition(const Module& module, uint32_t index) {
  switch (module.types[index].kind) {
    case TypeDefinition::Kind::kFunc:
      return HeapKind::kFunc;
    case TypeDefinition::Kind::kStruct:
      return HeapKind::kStruct;
    case TypeDefinition::Kind::kArray:
      return HeapKind::kArray;
  }
  return HeapKind::kFunc;
}

// Between abstract heap types: func, extern, exn stand alone; any > eq > {i31, struct, array}; each
// has its bottom.
bool IsAbstractSubtype(HeapKind kind, HeapKind expected) {
  if (kind == expected) return true;
  switch (kind) {
    case HeapKind::kI31:
    case HeapKind::kStruct:
    case HeapKind::kArray:
      return expected == HeapKind::kEq || expected == HeapKind::kAny;
    case HeapKind::kEq:
      return expected == HeapKind::kAny;
    case HeapKind::kNone:
      return expected == HeapKind::kAny || expected == HeapKind::kEq ||
             expected == HeapKind::kI31 || expected == HeapKind::kStruct ||
             expected == HeapKind::kArray;
    case HeapKind::kNoFunc:
      return expected == HeapKind::kFunc;
    case HeapKind::kNoExtern:
      return expected == HeapKind::kExtern;
    case HeapKind::kNoExn:
      return expected == HeapKind::kExn;
    default:
      return false;
  }
}

bool IsDefinedSubtype(const Module& module, uint32_t index, uint32_t expected) {
  while (true) {
    if (IsSameType(module, index, expected)) return true;
    const std::optional<uint32_t>& supertype = module.types[index].supertype;
    // Supertypes come before their subtypes, so that this ends.
    if (!supertype || *supertype >= index) return false;
    index = *supertype;
  }
}

}  // namespace

bool Matches(const Module& module, ValueType type, ValueType expected) {
  if (type == expected || type.IsBottom()) return true;
  if (!type.IsRef() || !expected.IsRef()) return false;
  if (type.nullable() && !expected.nullable()) return false;
  const bool type_is_index = type.heap() == HeapKind::kIndex;
  const bool expected_is_index = expected.heap() == HeapKind::kIndex;
  if (type_is_index && expected_is_index) {
    return IsDefinedSubtype(module, type.type_index(), expected.type_index());
  }
  if (type_is_index) {
    return IsAbstractSubtype(KindOfDefinition(module, type.type_index()), expected.heap());
  }
  if (expected_is_index) {
    const HeapKind bottom = KindOfDefinition(module, expected.type_index()) == HeapKind::kFunc
                                ? HeapKind::kNoFunc
                                : HeapKind::kNone;
    return type.heap() == bottom;
  }
  return IsAbstractSubtype(type.heap(), expected.heap());
}

}  // namespace wasmtier::runtime

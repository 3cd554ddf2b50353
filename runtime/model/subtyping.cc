#include "runtime/model/subtyping.h"

#include <optional>

namespace wasmtier::runtime {
namespace {

bool MatchesAbstract(HeapKind sub, HeapKind super) {
  if (sub == super) return true;
  switch (super) {
    case HeapKind::kAny:
      return sub == HeapKind::kEq || MatchesAbstract(sub, HeapKind::kEq);
    case HeapKind::kEq:
      return sub == HeapKind::kI31 || sub == HeapKind::kStruct || sub == HeapKind::kArray ||
             sub == HeapKind::kNone;
    case HeapKind::kI31:
    case HeapKind::kStruct:
    case HeapKind::kArray:
      return sub == HeapKind::kNone;
    case HeapKind::kFunc:
      return sub == HeapKind::kNoFunc;
    case HeapKind::kExtern:
      return sub == HeapKind::kNoExtern;
    case HeapKind::kExn:
      return sub == HeapKind::kNoExn;
    default:
      return false;
  }
}

HeapKind AbstractKind(const TypeDefinition& type) {
  switch (type.kind) {
    case TypeDefinition::Kind::kFunc:
      return HeapKind::kFunc;
    case TypeDefinition::Kind::kStruct:
      return HeapKind::kStruct;
    case TypeDefinition::Kind::kArray:
      return HeapKind::kArray;
  }
  return HeapKind::kNone;
}

HeapKind BottomOf(const TypeDefinition& type) {
  return type.kind == TypeDefinition::Kind::kFunc ? HeapKind::kNoFunc : HeapKind::kNone;
}

// Along the declared supertypes. The chain ends, since a supertype's index is lower (checked by the
// loader before it asks).
bool MatchesIndex(const Module& module, uint32_t sub, uint32_t super) {
  const uint32_t wanted = module.canonical_types[super];
  std::optional<uint32_t> type = sub;
  while (type) {
    if (module.canonical_types[*type] == wanted) return true;
    type = module.types[*type].supertype;
  }
  return false;
}

bool MatchesFields(const Module& module, const TypeDefinition& type,
                   const TypeDefinition& supertype) {
  if (type.fields.size() < supertype.fields.size()) return false;
  for (size_t i = 0; i < supertype.fields.size(); ++i) {
    const FieldType& sub = type.fields[i];
    const FieldType& super = supertype.fields[i];
    if (sub.is_mutable != super.is_mutable || !Matches(module, sub.type, super.type)) return false;
    if (sub.is_mutable && !Matches(module, super.type, sub.type)) return false;
  }
  return true;
}

bool MatchesList(const Module& module, std::span<const ValueType> sub,
                 std::span<const ValueType> super) {
  if (sub.size() != super.size()) return false;
  for (size_t i = 0; i < sub.size(); ++i) {
    if (!Matches(module, sub[i], super[i])) return false;
  }
  return true;
}

}  // namespace

bool Matches(const Module& module, ValueType sub, ValueType super) {
  if (sub == super || sub.IsBottom()) return true;
  if (!sub.IsRef() || !super.IsRef()) return false;
  if (sub.nullable() && !super.nullable()) return false;
  if (sub.heap() == HeapKind::kIndex) {
    if (super.heap() == HeapKind::kIndex) {
      return MatchesIndex(module, sub.type_index(), super.type_index());
    }
    return MatchesAbstract(AbstractKind(module.types[sub.type_index()]), super.heap());
  }
  if (super.heap() == HeapKind::kIndex) {
    return sub.heap() == BottomOf(module.types[super.type_index()]);
  }
  return MatchesAbstract(sub.heap(), super.heap());
}

bool MatchesDefinition(const Module& module, const TypeDefinition& type,
                       const TypeDefinition& supertype) {
  if (type.kind != supertype.kind) return false;
  if (type.kind == TypeDefinition::Kind::kFunc) {
    return MatchesList(module, supertype.func.params, type.func.params) &&
           MatchesList(module, type.func.results, supertype.func.results);
  }
  return MatchesFields(module, type, supertype);
}

}  // namespace wasmtier::runtime

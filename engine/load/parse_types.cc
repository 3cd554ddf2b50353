// The type section (spec: "Binary Format / Types" and "Validation / Types").
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/load/module_parser.h"
#include "runtime/model/type_reader.h"
#include "tiers/decode/subtyping.h"

namespace wasmtier::engine {
namespace {

using runtime::Feature;
using runtime::FieldType;
using runtime::FuncType;
using runtime::TypeDefinition;

constexpr uint8_t kRecursionGroup = 0x4e;
constexpr uint8_t kFinalSubType = 0x4f;
constexpr uint8_t kSubType = 0x50;
constexpr uint8_t kArrayType = 0x5e;
constexpr uint8_t kStructType = 0x5f;
constexpr uint8_t kFunctionType = 0x60;

// What the type index in a ValueType has room for, whatever the configured limit.
constexpr uint64_t kMaximumTypes = 1u << 23;

bool FieldsMatch(const runtime::Module& module, const TypeDefinition& type,
                 const TypeDefinition& supertype) {
  if (type.fields.size() < supertype.fields.size()) return false;
  for (size_t i = 0; i < supertype.fields.size(); ++i) {
    const FieldType& sub = type.fields[i];
    const FieldType& super = supertype.fields[i];
    if (sub.is_mutable != super.is_mutable) return false;
    if (!decode::IsSubtype(module, sub.type, super.type)) return false;
    if (sub.is_mutable && !decode::IsSubtype(module, super.type, sub.type)) return false;
  }
  return true;
}

// Whether `type` may declare `supertype` (spec: "Validation / Matching / Composite Types").
bool DefinitionsMatch(const runtime::Module& module, const TypeDefinition& type,
                      const TypeDefinition& supertype) {
  if (supertype.is_final || type.kind != supertype.kind) return false;
  if (type.kind == TypeDefinition::Kind::kFunc) {
    return decode::AreSubtypes(module, supertype.func.params, type.func.params) &&
           decode::AreSubtypes(module, type.func.results, supertype.func.results);
  }
  return FieldsMatch(module, type, supertype);
}

}  // namespace

void ModuleParser::ParseTypeSection() {
  const uint64_t limit = std::min(limits_.types, kMaximumTypes);
  const uint32_t count = reader_.Count("recursion groups", limits_.recursion_groups, 2);
  module_.types.reserve(std::min<uint64_t>(count, limit));
  for (uint32_t i = 0; i < count && reader_.ok(); ++i) {
    uint32_t group_size = 1;
    if (reader_.Peek() == kRecursionGroup) {
      reader_.Byte();
      Use(Feature::kGc);
      group_size = reader_.Count("types in a recursion group", limits_.recursion_group_types, 2);
    }
    if (type_count() + uint64_t{group_size} > limit) {
      reader_.FailLimit(reader_.offset(),
                        absl::StrCat("too many types: ", type_count() + uint64_t{group_size}),
                        limit);
      return;
    }
    ParseRecursiveTypes(type_count(), group_size);
  }
  if (!reader_.ok()) return;
  if (const absl::Status status = registry_.Canonicalize(module_); !status.ok()) {
    reader_.FailWith(status);
    return;
  }
  CheckSubtypes();
}

void ModuleParser::ParseRecursiveTypes(uint32_t position, uint32_t count) {
  const uint32_t group_end = position + count;
  for (uint32_t i = 0; i < count && reader_.ok(); ++i) {
    TypeDefinition& type = module_.types.emplace_back();
    type.group_start = position;
    type.group_size = count;
    ParseSubType(group_end, type);
  }
}

void ModuleParser::ParseSubType(uint32_t group_end, TypeDefinition& type) {
  uint8_t form = reader_.Byte();
  if (form == kSubType || form == kFinalSubType) {
    Use(Feature::kGc);
    type.is_final = form == kFinalSubType;
    const uint32_t start = reader_.offset();
    const uint32_t count = reader_.U32();
    if (count > 1) reader_.FailAt(start, "sub type: more than one supertype");
    if (count == 1) {
      const uint32_t supertype = reader_.U32();
      // Only types that come before it, so that there are no cycles.
      if (reader_.ok() && supertype >= type_count() - 1) {
        reader_.FailAt(start, absl::StrCat("unknown type ", supertype));
      }
      type.supertype = supertype;
    }
    form = reader_.Byte();
  }
  if (reader_.ok()) ParseCompositeType(form, group_end, type);
}

void ModuleParser::ParseCompositeType(uint8_t form, uint32_t group_end, TypeDefinition& type) {
  switch (form) {
    case kFunctionType:
      type.kind = TypeDefinition::Kind::kFunc;
      ParseFunctionType(group_end, type.func);
      return;
    case kStructType: {
      Use(Feature::kGc);
      type.kind = TypeDefinition::Kind::kStruct;
      const uint32_t count = reader_.Count("fields of a struct type", limits_.fields, 2);
      type.fields.reserve(count);
      for (uint32_t i = 0; i < count && reader_.ok(); ++i) {
        type.fields.push_back(ParseField(group_end));
      }
      return;
    }
    case kArrayType:
      Use(Feature::kGc);
      type.kind = TypeDefinition::Kind::kArray;
      type.fields.push_back(ParseField(group_end));
      return;
    default:
      reader_.FailAt(reader_.offset() - 1, "malformed type definition");
  }
}

void ModuleParser::ParseFunctionType(uint32_t group_end, FuncType& type) {
  const uint32_t params = reader_.Count("parameters of a function type", limits_.params, 1);
  type.params.reserve(params);
  for (uint32_t i = 0; i < params && reader_.ok(); ++i) {
    type.params.push_back(runtime::ReadValueType(reader_, group_end, module_.features));
  }
  const uint32_t results = reader_.Count("results of a function type", limits_.results, 1);
  if (results > 1) Use(Feature::kMultiValue);
  type.results.reserve(results);
  for (uint32_t i = 0; i < results && reader_.ok(); ++i) {
    type.results.push_back(runtime::ReadValueType(reader_, group_end, module_.features));
  }
}

FieldType ModuleParser::ParseField(uint32_t group_end) {
  FieldType field;
  field.type = runtime::ReadStorageType(reader_, group_end, module_.features);
  const uint8_t mutability = reader_.Byte();
  if (mutability > 1) reader_.FailAt(reader_.offset() - 1, "malformed mutability");
  field.is_mutable = mutability == 1;
  return field;
}

// Each supertype must be open, of the same form and matched by the subtype. Depths come first,
// since matching walks up the chains of supertypes.
void ModuleParser::CheckSubtypes() {
  if (!module_.features.Has(Feature::kGc)) return;
  std::vector<uint32_t> depths(module_.types.size(), 0);
  for (uint32_t i = 0; i < type_count(); ++i) {
    const TypeDefinition& type = module_.types[i];
    if (!type.supertype) continue;
    depths[i] = depths[*type.supertype] + 1;
    if (depths[i] > limits_.subtyping_depth) {
      reader_.FailLimit(reader_.offset(), absl::StrCat("subtyping too deep: type ", i),
                        limits_.subtyping_depth);
      return;
    }
  }
  for (uint32_t i = 0; i < type_count(); ++i) {
    const TypeDefinition& type = module_.types[i];
    if (!type.supertype) continue;
    const TypeDefinition& supertype = module_.types[*type.supertype];
    if (!DefinitionsMatch(module_, type, supertype)) {
      reader_.Fail(
          absl::StrCat("sub type: type ", i, " does not match its supertype ", *type.supertype));
      return;
    }
  }
}

}  // namespace wasmtier::engine

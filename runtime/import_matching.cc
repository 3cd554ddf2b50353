// Import matching (spec: "Matching / External Types"), with messages that say what was expected.
#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/instantiate.h"

namespace wasmtier::runtime {
namespace {

// `limits` with another minimum: the current size of a memory or table counts, not the declared
// one.
std::string Describe(const Limits& limits, uint64_t size) {
  std::string text = absl::StrCat(limits.is_64 ? "i64 " : "", size);
  if (limits.maximum) absl::StrAppend(&text, " ", *limits.maximum);
  return text;
}

std::string Describe(const FuncType& type) { return absl::StrCat("function ", ToString(type)); }

std::string Describe(const TableType& type, uint64_t size) {
  return absl::StrCat("table ", Describe(type.limits, size), " ", ToString(type.element));
}

std::string Describe(const MemoryType& type, uint64_t size) {
  return absl::StrCat("memory ", Describe(type.limits, size), type.is_shared ? " shared" : "");
}

std::string Describe(const GlobalType& type) {
  return absl::StrCat("global ", type.is_mutable ? "mut " : "", ToString(type.type));
}

std::string DescribeExpected(const Module& module, const Import& import) {
  switch (import.kind) {
    case ExternKind::kFunc:
      return Describe(module.function_type(import.index));
    case ExternKind::kTable: {
      const TableType& type = module.tables[import.index].type;
      return Describe(type, type.limits.minimum);
    }
    case ExternKind::kMemory: {
      const MemoryType& type = module.memories[import.index];
      return Describe(type, type.limits.minimum);
    }
    case ExternKind::kGlobal:
      return Describe(module.globals[import.index].type);
    case ExternKind::kTag:
      return "tag";
  }
  return "";
}

struct DescribeFound {
  const Store& store;
  std::string operator()(const FunctionReference* function) const {
    return Describe(store.types().function_type(function->type_id));
  }
  std::string operator()(const Table* table) const {
    return Describe(table->type(), table->size());
  }
  std::string operator()(const Memory* memory) const {
    return Describe(memory->type(), memory->pages());
  }
  std::string operator()(const Global* global) const { return Describe(global->type); }
};

bool IsConcrete(ValueType type) { return type.IsRef() && type.heap() == HeapKind::kIndex; }

// The bottom of the hierarchy that an abstract heap type belongs to (spec: "Matching / Heap
// Types").
HeapKind BottomOf(HeapKind heap) {
  switch (heap) {
    case HeapKind::kFunc:
    case HeapKind::kNoFunc:
      return HeapKind::kNoFunc;
    case HeapKind::kExtern:
    case HeapKind::kNoExtern:
      return HeapKind::kNoExtern;
    case HeapKind::kExn:
    case HeapKind::kNoExn:
      return HeapKind::kNoExn;
    default:
      return HeapKind::kNone;
  }
}

bool IsHeapSubtype(HeapKind actual, HeapKind expected) {
  if (actual == expected || actual == BottomOf(expected)) return true;
  if (BottomOf(actual) != HeapKind::kNone || BottomOf(expected) != HeapKind::kNone) return false;
  return expected == HeapKind::kAny || (expected == HeapKind::kEq && actual != HeapKind::kAny);
}

// For types of the store's objects; Matches (model/subtyping.h) is for types within one module.
// Concrete types are function types, since no others are executed.
bool IsSubtype(ValueType actual, ValueType expected) {
  if (actual == expected) return true;
  if (!actual.IsRef() || !expected.IsRef()) return false;
  if (!expected.nullable() && actual.nullable()) return false;
  if (IsConcrete(actual) && IsConcrete(expected)) {
    return actual.type_index() == expected.type_index();
  }
  if (IsConcrete(expected)) return actual.heap() == HeapKind::kNoFunc;
  return IsHeapSubtype(IsConcrete(actual) ? HeapKind::kFunc : actual.heap(), expected.heap());
}

bool LimitsMatch(const Limits& actual, uint64_t size, const Limits& expected) {
  if (actual.is_64 != expected.is_64 || size < expected.minimum) return false;
  return !expected.maximum || (actual.maximum && *actual.maximum <= *expected.maximum);
}

bool ImportMatches(const Module& module, const Import& import, const ExternValue& value) {
  switch (import.kind) {
    case ExternKind::kFunc: {
      const auto* function = std::get_if<const FunctionReference*>(&value);
      const uint32_t type_index = module.function_types[import.index];
      return function != nullptr && (*function)->type_id == module.canonical_types[type_index];
    }
    case ExternKind::kTable: {
      Table* const* table = std::get_if<Table*>(&value);
      const TableType& expected = module.tables[import.index].type;
      return table != nullptr &&
             (*table)->type().element == CanonicalType(module, expected.element) &&
             LimitsMatch((*table)->type().limits, (*table)->size(), expected.limits);
    }
    case ExternKind::kMemory: {
      Memory* const* memory = std::get_if<Memory*>(&value);
      const MemoryType& expected = module.memories[import.index];
      return memory != nullptr && (*memory)->type().is_shared == expected.is_shared &&
             LimitsMatch((*memory)->type().limits, (*memory)->pages(), expected.limits);
    }
    case ExternKind::kGlobal: {
      Global* const* global = std::get_if<Global*>(&value);
      const GlobalType& expected = module.globals[import.index].type;
      if (global == nullptr || (*global)->type.is_mutable != expected.is_mutable) return false;
      // What can be written as one type and read as the other must have both.
      const ValueType type = CanonicalType(module, expected.type);
      return expected.is_mutable ? (*global)->type.type == type
                                 : IsSubtype((*global)->type.type, type);
    }
    case ExternKind::kTag:
      return false;
  }
  return false;
}

}  // namespace

ValueType CanonicalType(const Module& module, ValueType type) {
  if (!IsConcrete(type)) return type;
  return ValueType::Ref(HeapKind::kIndex, type.nullable(),
                        module.canonical_types[type.type_index()]);
}

absl::Status MatchImport(const Store& store, const Module& module, const Import& import,
                         const ExternValue& value) {
  if (ImportMatches(module, import, value)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("incompatible import type: ", std::string(import.module), ".",
                   std::string(import.name), ": expected ", DescribeExpected(module, import),
                   ", found ", std::visit(DescribeFound{store}, value)));
}

}  // namespace wasmtier::runtime

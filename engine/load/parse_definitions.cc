// The function, table, memory, tag and global sections, and the types that imports share with them
// (spec: "Binary Format / Types" and "Modules").
#include "absl/strings/str_cat.h"
#include "engine/load/module_parser.h"
#include "runtime/model/type_reader.h"

namespace wasmtier::engine {

using runtime::Feature;

namespace {

// Bits of the flags before limits.
constexpr uint8_t kHasMaximum = 1;
constexpr uint8_t kIsShared = 2;
constexpr uint8_t kIs64 = 4;

// A table that is followed by its initial value.
constexpr uint8_t kTableWithInitializer = 0x40;

}  // namespace

uint32_t ModuleParser::ParseFunctionTypeIndex() {
  const uint32_t start = reader_.offset();
  const uint32_t type = reader_.U32();
  if (!reader_.ok()) return 0;
  if (type >= type_count() || module_.types[type].kind != runtime::TypeDefinition::Kind::kFunc)
      [[unlikely]] {
    reader_.FailAt(
        start,
        absl::StrCat(
            type >= type_count() ? "unknown type " : "type mismatch: not a function type: ", type));
    return 0;
  }
  return type;
}

void ModuleParser::ParseFunctionSection() {
  const uint32_t count =
      reader_.Count("functions", limits_.functions, 1, module_.function_types.size());
  module_.function_types.reserve(module_.function_types.size() + count);
  for (uint32_t i = 0; i < count && reader_.ok(); ++i) {
    module_.function_types.push_back(ParseFunctionTypeIndex());
  }
  module_.declared_functions.resize(module_.function_types.size());
}

runtime::Limits ModuleParser::ParseLimits(uint8_t flags, const LimitsRange& range) {
  const uint32_t start = reader_.offset();
  runtime::Limits limits;
  limits.is_64 = (flags & kIs64) != 0;
  if (limits.is_64) Use(Feature::kMemory64);
  limits.minimum = reader_.U64();
  if (flags & kHasMaximum) limits.maximum = reader_.U64();
  const uint64_t allowed = limits.is_64 ? range.maximum_64 : range.maximum_32;
  if (limits.minimum > allowed || limits.maximum.value_or(0) > allowed) {
    reader_.FailAt(start, limits.is_64 ? range.error_64 : range.error_32);
  }
  if (limits.maximum && limits.minimum > *limits.maximum) {
    reader_.FailAt(start, absl::StrCat("size minimum must not be greater than maximum: ",
                                       limits.minimum, " and ", *limits.maximum));
  }
  return limits;
}

runtime::MemoryType ModuleParser::ParseMemoryType() {
  static constexpr LimitsRange kPages = {
      65536, "memory size must be at most 65536 pages (4GiB)", uint64_t{1} << 48,
      "memory size must be at most 281474976710656 pages (16EiB)"};
  const uint32_t start = reader_.offset();
  const uint8_t flags = reader_.Byte();
  if (flags > (kHasMaximum | kIsShared | kIs64)) {
    reader_.FailAt(start, "malformed limits flags");
  }
  runtime::MemoryType type;
  type.limits = ParseLimits(flags, kPages);
  type.is_shared = (flags & kIsShared) != 0;
  if (type.is_shared) Use(Feature::kThreads);
  if (type.is_shared && !type.limits.maximum) {
    reader_.FailAt(start, "shared memory must have maximum");
  }
  return type;
}

runtime::TableType ModuleParser::ParseTableType() {
  static constexpr LimitsRange kElements = {UINT32_MAX, "table size must be at most 2^32-1",
                                            UINT64_MAX, ""};
  runtime::TableType type;
  type.element = runtime::ReadReferenceType(reader_, type_count(), module_.features);
  const uint32_t start = reader_.offset();
  const uint8_t flags = reader_.Byte();
  if (flags & ~(kHasMaximum | kIs64)) reader_.FailAt(start, "malformed limits flags");
  type.limits = ParseLimits(flags, kElements);
  return type;
}

void ModuleParser::NoteTable(const runtime::TableType& type) {
  if (module_.tables.size() > 1 || type.element != runtime::kFuncRef) {
    Use(Feature::kReferenceTypes);
  }
}

void ModuleParser::ParseTableSection() {
  const uint32_t count = reader_.Count("tables", limits_.tables, 3, module_.tables.size());
  module_.tables.reserve(module_.tables.size() + count);
  for (uint32_t i = 0; i < count && reader_.ok(); ++i) ParseTable();
}

void ModuleParser::ParseTable() {
  const uint32_t start = reader_.offset();
  runtime::TableDefinition table;
  const bool has_initializer = reader_.Peek() == kTableWithInitializer;
  if (has_initializer) {
    reader_.Byte();
    if (reader_.Byte() != 0) reader_.FailAt(start, "malformed table");
    Use(Feature::kFunctionReferences);
  }
  table.type = ParseTableType();
  if (has_initializer) {
    table.initializer = ParseConstExpression(table.type.element, module_.imported_globals);
  } else if (reader_.ok() && !table.type.element.nullable()) {
    reader_.FailAt(start, "type mismatch: a table of non-null references needs an initial value");
  }
  module_.tables.push_back(table);
  NoteTable(table.type);
}

void ModuleParser::ParseMemorySection() {
  const uint32_t count = reader_.Count("memories", limits_.memories, 2, module_.memories.size());
  for (uint32_t i = 0; i < count && reader_.ok(); ++i) {
    module_.memories.push_back(ParseMemoryType());
  }
  if (module_.memories.size() > 1) Use(Feature::kMultiMemory);
}

runtime::TagType ModuleParser::ParseTagType() {
  const uint32_t start = reader_.offset();
  Use(Feature::kExceptions);
  if (reader_.Byte() != 0) reader_.FailAt(start, "malformed tag attribute");
  const uint32_t type = ParseFunctionTypeIndex();
  if (reader_.ok() && !module_.types[type].func.results.empty()) {
    reader_.FailAt(start, "non-empty tag result type");
  }
  return {type};
}

void ModuleParser::ParseTagSection() {
  const uint32_t count = reader_.Count("tags", limits_.tags, 2, module_.tags.size());
  module_.tags.reserve(module_.tags.size() + count);
  for (uint32_t i = 0; i < count && reader_.ok(); ++i) module_.tags.push_back(ParseTagType());
}

runtime::GlobalType ModuleParser::ParseGlobalType() {
  runtime::GlobalType type;
  type.type = runtime::ReadValueType(reader_, type_count(), module_.features);
  const uint8_t mutability = reader_.Byte();
  if (mutability > 1) reader_.FailAt(reader_.offset() - 1, "malformed mutability");
  type.is_mutable = mutability == 1;
  return type;
}

void ModuleParser::ParseGlobalSection() {
  const uint32_t count = reader_.Count("globals", limits_.globals, 4, module_.globals.size());
  module_.globals.reserve(module_.globals.size() + count);
  for (uint32_t i = 0; i < count && reader_.ok(); ++i) {
    runtime::GlobalDefinition global;
    global.type = ParseGlobalType();
    global.initializer =
        ParseConstExpression(global.type.type, static_cast<uint32_t>(module_.globals.size()));
    module_.globals.push_back(global);
  }
}

}  // namespace wasmtier::engine

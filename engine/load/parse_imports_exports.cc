// The import, export and start sections (spec: "Binary Format / Modules").
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/load/module_parser.h"

namespace wasmtier::engine {

using runtime::ExternKind;
using runtime::Feature;

void ModuleParser::ParseImportSection() {
  const uint32_t count = reader_.Count("imports", limits_.imports, 4);
  module_.imports.reserve(count);
  for (uint32_t i = 0; i < count && reader_.ok(); ++i) ParseImport();
  module_.imported_functions = static_cast<uint32_t>(module_.function_types.size());
  module_.imported_tables = static_cast<uint32_t>(module_.tables.size());
  module_.imported_memories = static_cast<uint32_t>(module_.memories.size());
  module_.imported_globals = static_cast<uint32_t>(module_.globals.size());
  module_.imported_tags = static_cast<uint32_t>(module_.tags.size());
  module_.declared_functions.resize(module_.function_types.size());
  CheckImportCounts();
}

void ModuleParser::ParseImport() {
  runtime::Import item;
  item.offset = reader_.offset();
  item.module = reader_.Name(limits_.name_bytes);
  item.name = reader_.Name(limits_.name_bytes);
  const uint8_t kind = reader_.Byte();
  if (kind > static_cast<uint8_t>(ExternKind::kTag)) {
    reader_.FailAt(reader_.offset() - 1, "malformed import kind");
  }
  if (!reader_.ok()) return;
  item.kind = static_cast<ExternKind>(kind);
  item.index = ParseImportedType(item.kind);
  module_.imports.push_back(item);
}

// Appends to the index space of its kind and returns the index.
uint32_t ModuleParser::ParseImportedType(ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunc:
      module_.function_types.push_back(ParseFunctionTypeIndex());
      break;
    case ExternKind::kTable:
      module_.tables.push_back({ParseTableType(), std::nullopt});
      NoteTable(module_.tables.back().type);
      break;
    case ExternKind::kMemory:
      module_.memories.push_back(ParseMemoryType());
      break;
    case ExternKind::kGlobal:
      module_.globals.push_back({ParseGlobalType(), {}});
      if (module_.globals.back().type.is_mutable) Use(Feature::kMutableGlobals);
      break;
    case ExternKind::kTag:
      module_.tags.push_back(ParseTagType());
      break;
  }
  return static_cast<uint32_t>(CountOf(kind) - 1);
}

void ModuleParser::CheckImportCounts() {
  const struct {
    const char* what;
    size_t count;
    uint64_t limit;
  } kinds[] = {{"functions", module_.function_types.size(), limits_.functions},
               {"tables", module_.tables.size(), limits_.tables},
               {"memories", module_.memories.size(), limits_.memories},
               {"globals", module_.globals.size(), limits_.globals},
               {"tags", module_.tags.size(), limits_.tags}};
  for (const auto& kind : kinds) {
    if (kind.count <= kind.limit) continue;
    reader_.FailLimit(reader_.offset(), absl::StrCat("too many ", kind.what, ": ", kind.count),
                      kind.limit);
  }
  if (module_.memories.size() > 1) Use(Feature::kMultiMemory);
}

size_t ModuleParser::CountOf(ExternKind kind) const {
  switch (kind) {
    case ExternKind::kFunc:
      return module_.function_types.size();
    case ExternKind::kTable:
      return module_.tables.size();
    case ExternKind::kMemory:
      return module_.memories.size();
    case ExternKind::kGlobal:
      return module_.globals.size();
    case ExternKind::kTag:
      return module_.tags.size();
  }
  return 0;
}

void ModuleParser::ParseExportSection() {
  constexpr const char* kUnknown[] = {"unknown function ", "unknown table ", "unknown memory ",
                                      "unknown global ", "unknown tag "};
  const uint32_t count = reader_.Count("exports", limits_.exports, 3);
  module_.exports.reserve(count);
  for (uint32_t i = 0; i < count && reader_.ok(); ++i) {
    runtime::Export item;
    item.name = reader_.Name(limits_.name_bytes);
    const uint32_t start = reader_.offset();
    const uint8_t kind = reader_.Byte();
    if (kind > static_cast<uint8_t>(ExternKind::kTag)) {
      reader_.FailAt(start, "malformed export kind");
    }
    item.index = reader_.U32();
    if (!reader_.ok()) return;
    item.kind = static_cast<ExternKind>(kind);
    if (item.index >= CountOf(item.kind)) {
      reader_.FailAt(start, absl::StrCat(kUnknown[kind], item.index));
      return;
    }
    if (item.kind == ExternKind::kFunc) module_.declared_functions[item.index] = true;
    if (item.kind == ExternKind::kGlobal && module_.globals[item.index].type.is_mutable) {
      Use(Feature::kMutableGlobals);
    }
    module_.exports.push_back(item);
  }
  CheckDuplicateExports();
}

void ModuleParser::CheckDuplicateExports() {
  // Not std::string_view: Debian's Abseil hashes only its own without a copy.
  absl::flat_hash_set<absl::string_view> names;
  names.reserve(module_.exports.size());
  for (const runtime::Export& item : module_.exports) {
    if (names.insert(absl::string_view(item.name.data(), item.name.size())).second) continue;
    const auto offset = reinterpret_cast<const uint8_t*>(item.name.data()) - module_.bytes.data();
    reader_.FailAt(static_cast<uint32_t>(offset),
                   absl::StrCat("duplicate export name \"", std::string(item.name), "\""));
    return;
  }
}

void ModuleParser::ParseStartSection() {
  const uint32_t start = reader_.offset();
  const uint32_t function = reader_.U32();
  if (!reader_.ok()) return;
  if (function >= module_.function_count()) {
    reader_.FailAt(start, absl::StrCat("unknown function ", function));
    return;
  }
  const runtime::FuncType& type = module_.function_type(function);
  if (!type.params.empty() || !type.results.empty()) {
    reader_.FailAt(start, absl::StrCat("start function ", function,
                                       " must have neither parameters nor results"));
    return;
  }
  module_.start = function;
}

}  // namespace wasmtier::engine

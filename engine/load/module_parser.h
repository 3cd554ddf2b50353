// The parser of the binary format: fills a Module section by section, checking all that can be
// checked without function bodies. Sections are spread over parse_*.cc.
#ifndef WASMTIER_ENGINE_LOAD_MODULE_PARSER_H_
#define WASMTIER_ENGINE_LOAD_MODULE_PARSER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "runtime/base/byte_reader.h"
#include "runtime/model/limits.h"
#include "runtime/model/module.h"
#include "runtime/model/type_registry.h"

namespace wasmtier::engine {

class ModuleParser {
 public:
  // module.bytes is set, everything else empty.
  ModuleParser(runtime::Module& module, runtime::TypeRegistry& registry,
               const runtime::ModuleLimits& limits)
      : module_(module), registry_(registry), limits_(limits), reader_(module.bytes, 0, 0) {}

  absl::Status Parse();

 private:
  struct SectionKind;
  static const SectionKind* FindSectionKind(uint8_t id);

  // module_parser.cc
  absl::Status ParseHeader(runtime::ByteReader& reader);
  absl::Status ParseSection(runtime::ByteReader& reader);
  absl::Status CheckWhole();
  void ParseCustomSection();

  // parse_types.cc
  void ParseTypeSection();
  void ParseRecursiveTypes(uint32_t position, uint32_t count);
  void ParseSubType(uint32_t group_end, runtime::TypeDefinition& type);
  void ParseCompositeType(uint8_t form, uint32_t group_end, runtime::TypeDefinition& type);
  void ParseFunctionType(uint32_t group_end, runtime::FuncType& type);
  runtime::FieldType ParseField(uint32_t group_end);
  void CheckSubtypes();

  // parse_imports_exports.cc
  void ParseImportSection();
  void ParseImport();
  uint32_t ParseImportedType(runtime::ExternKind kind);
  void CheckImportCounts();
  void ParseExportSection();
  void CheckDuplicateExports();
  size_t CountOf(runtime::ExternKind kind) const;
  void ParseStartSection();

  // parse_definitions.cc
  void ParseFunctionSection();
  void ParseTableSection();
  void ParseTable();
  void ParseMemorySection();
  void ParseTagSection();
  void ParseGlobalSection();
  uint32_t ParseFunctionTypeIndex();
  runtime::TableType ParseTableType();
  runtime::MemoryType ParseMemoryType();
  runtime::GlobalType ParseGlobalType();
  runtime::TagType ParseTagType();
  void NoteTable(const runtime::TableType& type);
  // Counts that the index type allows: of pages or of table elements.
  struct LimitsRange {
    uint64_t maximum_32;
    const char* error_32;
    uint64_t maximum_64;
    const char* error_64;
  };
  runtime::Limits ParseLimits(uint8_t flags, const LimitsRange& range);

  // parse_segments.cc
  void ParseElementSection();
  runtime::ElementSegment ParseElementSegment();
  void ParseElementTarget(uint32_t flags, runtime::ElementSegment& segment);
  void ParseElementItems(runtime::ElementSegment& segment);
  void ParseDataCountSection();
  void ParseDataSection();
  runtime::DataSegment ParseDataSegment();
  void ParseCodeSection();

  // Shared by the sections.
  runtime::ConstExpression ParseConstExpression(runtime::ValueType expected,
                                                uint32_t visible_globals);
  uint32_t type_count() const { return static_cast<uint32_t>(module_.types.size()); }
  void Use(runtime::Feature feature) { module_.features.Add(feature); }

  runtime::Module& module_;
  runtime::TypeRegistry& registry_;
  const runtime::ModuleLimits& limits_;
  runtime::ByteReader reader_;  // of the current section
  int last_position_ = 0;       // in the prescribed order, of the last section that is not custom
};

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_LOAD_MODULE_PARSER_H_

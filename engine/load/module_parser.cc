#include "engine/load/module_parser.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "tiers/decode/validate.h"

namespace wasmtier::engine {

using runtime::ByteReader;

// One row a section id; the order of the rows is the order that sections must have.
struct ModuleParser::SectionKind {
  uint8_t id;
  const char* place;
  void (ModuleParser::*parse)();

  static const SectionKind kAll[];
};

const ModuleParser::SectionKind ModuleParser::SectionKind::kAll[] = {
    {0, "in a custom section", &ModuleParser::ParseCustomSection},
    {1, "in the type section", &ModuleParser::ParseTypeSection},
    {2, "in the import section", &ModuleParser::ParseImportSection},
    {3, "in the function section", &ModuleParser::ParseFunctionSection},
    {4, "in the table section", &ModuleParser::ParseTableSection},
    {5, "in the memory section", &ModuleParser::ParseMemorySection},
    {13, "in the tag section", &ModuleParser::ParseTagSection},
    {6, "in the global section", &ModuleParser::ParseGlobalSection},
    {7, "in the export section", &ModuleParser::ParseExportSection},
    {8, "in the start section", &ModuleParser::ParseStartSection},
    {9, "in the element section", &ModuleParser::ParseElementSection},
    {12, "in the data count section", &ModuleParser::ParseDataCountSection},
    {10, "in the code section", &ModuleParser::ParseCodeSection},
    {11, "in the data section", &ModuleParser::ParseDataSection},
};

const ModuleParser::SectionKind* ModuleParser::FindSectionKind(uint8_t id) {
  for (const SectionKind& kind : SectionKind::kAll) {
    if (kind.id == id) return &kind;
  }
  return nullptr;
}

absl::Status ModuleParser::Parse() {
  ByteReader reader(module_.bytes, 0, static_cast<uint32_t>(module_.bytes.size()));
  absl::Status status = ParseHeader(reader);
  while (status.ok() && !reader.AtEnd()) status = ParseSection(reader);
  return status.ok() ? CheckWhole() : status;
}

absl::Status ModuleParser::ParseHeader(ByteReader& reader) {
  constexpr uint8_t kMagic[] = {0x00, 'a', 's', 'm'};
  constexpr uint8_t kVersion[] = {1, 0, 0, 0};
  for (uint8_t expected : kMagic) {
    if (reader.Byte() != expected) reader.FailAt(0, "magic header not detected");
  }
  for (uint8_t expected : kVersion) {
    if (reader.Byte() != expected) reader.FailAt(4, "unknown binary version");
  }
  return reader.status();
}

absl::Status ModuleParser::ParseSection(ByteReader& reader) {
  const uint32_t start = reader.offset();
  const uint8_t id = reader.Byte();
  const SectionKind* kind = FindSectionKind(id);
  if (kind == nullptr) {
    reader.FailAt(start, absl::StrCat("malformed section id ", id));
    return reader.status();
  }
  const uint32_t size = reader.U32();
  if (reader.ok() && size > reader.remaining()) {
    reader.FailAt(start, "length out of bounds");
  }
  if (!reader.ok()) return reader.status();
  if (id != 0) {
    const int position = static_cast<int>(kind - SectionKind::kAll);
    if (position <= last_position_) {
      reader.FailAt(start, "unexpected content after last section");
      return reader.status();
    }
    last_position_ = position;
  }
  const runtime::ByteRange range{reader.offset(), size};
  module_.sections.push_back({id, range});
  reader_ = ByteReader(module_.bytes, range.offset, range.offset + size);
  reader_.set_place(kind->place);
  (this->*kind->parse)();
  if (!reader_.AtEnd()) reader_.Fail("section size mismatch");
  reader.MoveTo(range.offset + size);
  return reader_.status();
}

absl::Status ModuleParser::CheckWhole() {
  const size_t defined = module_.function_types.size() - module_.imported_functions;
  if (module_.bodies.size() != defined) {
    return absl::InvalidArgumentError(
        absl::StrCat("function and code section have inconsistent lengths: ", defined, " and ",
                     module_.bodies.size()));
  }
  if (module_.data_count && *module_.data_count != module_.data.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("data count and data section have inconsistent lengths: ", *module_.data_count,
                     " and ", module_.data.size()));
  }
  return absl::OkStatus();
}

void ModuleParser::ParseCustomSection() {
  const std::string_view name = reader_.Name(UINT32_MAX);
  if (!reader_.ok()) return;
  const runtime::ByteRange rest{reader_.offset(), reader_.remaining()};
  module_.custom_sections.push_back({name, rest});
  reader_.Bytes(rest.size);
}

runtime::ConstExpression ModuleParser::ParseConstExpression(runtime::ValueType expected,
                                                            uint32_t visible_globals) {
  if (!reader_.ok()) return {};
  const uint32_t start = reader_.offset();
  const auto summary = decode::ValidateConstExpression(module_, start, reader_.end_offset(),
                                                       expected, visible_globals);
  if (!summary.ok()) {
    reader_.FailWith(summary.status());
    return {};
  }
  module_.features.AddAll(summary->features);
  reader_.MoveTo(summary->end_offset);
  return {{start, summary->end_offset - start}};
}

}  // namespace wasmtier::engine

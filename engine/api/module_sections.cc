// Module's view of its binary: sections and custom sections.
#include <iterator>

#include "engine/api/module_state.h"
#include "wasmtier/module.h"

namespace wasmtier {
namespace {

// By section id (spec: "Binary Format / Modules / Sections").
constexpr std::string_view kSectionNames[] = {
    "custom", "type",  "import",  "function", "table", "memory",     "global",
    "export", "start", "element", "code",     "data",  "data count", "tag"};

std::optional<uint32_t> EntriesOf(const runtime::Module& module, uint8_t id) {
  size_t count = 0;
  switch (id) {
    case 1:
      count = module.types.size();
      break;
    case 2:
      count = module.imports.size();
      break;
    case 3:
    case 10:
      count = module.bodies.size();
      break;
    case 4:
      count = module.tables.size() - module.imported_tables;
      break;
    case 5:
      count = module.memories.size() - module.imported_memories;
      break;
    case 6:
      count = module.globals.size() - module.imported_globals;
      break;
    case 7:
      count = module.exports.size();
      break;
    case 9:
      count = module.elements.size();
      break;
    case 11:
      count = module.data.size();
      break;
    case 13:
      count = module.tags.size() - module.imported_tags;
      break;
    default:
      return std::nullopt;
  }
  return static_cast<uint32_t>(count);
}

std::string_view NameOf(const runtime::Module& module, const runtime::Section& section) {
  if (section.id != 0) {
    return section.id < std::size(kSectionNames) ? kSectionNames[section.id] : "unknown";
  }
  const uint32_t end = section.bytes.offset + section.bytes.size;
  for (const runtime::CustomSection& custom : module.custom_sections) {
    // Both end where the next section begins; the contents of `custom` start behind its name.
    if (custom.bytes.offset + custom.bytes.size == end &&
        custom.bytes.offset > section.bytes.offset) {
      return custom.name;
    }
  }
  return kSectionNames[0];
}

}  // namespace

std::vector<SectionInfo> Module::sections() const {
  const runtime::Module& module = state_->module();
  std::vector<SectionInfo> result;
  result.reserve(module.sections.size());
  for (const runtime::Section& section : module.sections) {
    result.push_back({.id = section.id,
                      .name = NameOf(module, section),
                      .offset = section.bytes.offset,
                      .bytes = section.bytes.size,
                      .entries = EntriesOf(module, section.id)});
  }
  return result;
}

std::optional<std::span<const uint8_t>> Module::custom_section(std::string_view name) const {
  const runtime::Module& module = state_->module();
  for (const runtime::CustomSection& custom : module.custom_sections) {
    if (custom.name == name) return module.BytesOf(custom.bytes);
  }
  return std::nullopt;
}

}  // namespace wasmtier

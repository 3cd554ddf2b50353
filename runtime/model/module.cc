#include "runtime/model/module.h"

#include <algorithm>

#include "absl/base/call_once.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/byte_reader.h"

namespace wasmtier::runtime {
namespace {

// Subsections of the name section (spec: "Appendix / Custom Sections / Name Section").
constexpr uint8_t kModuleNameSubsection = 0;
constexpr uint8_t kFunctionNamesSubsection = 1;

struct FunctionNameEntry {
  uint32_t function;
  std::string_view name;
};

bool IsBefore(const FunctionNameEntry& a, const FunctionNameEntry& b) {
  return a.function < b.function;
}

std::string_view Find(const std::vector<FunctionNameEntry>& names, uint32_t function) {
  const auto entry =
      std::lower_bound(names.begin(), names.end(), FunctionNameEntry{function, {}}, IsBefore);
  if (entry == names.end() || entry->function != function) return {};
  return entry->name;
}

// Nothing when the subsection is malformed: bad names never make a module bad.
std::vector<FunctionNameEntry> ReadFunctionNames(ByteReader& reader, uint32_t function_count) {
  std::vector<FunctionNameEntry> names;
  const uint32_t count = reader.Count("function names", function_count, 2);
  names.reserve(count);
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    const uint32_t function = reader.U32();
    const std::string_view name = reader.Name(UINT32_MAX);
    if (function >= function_count || (!names.empty() && names.back().function >= function)) {
      reader.Fail("malformed function name");
    }
    if (!name.empty()) names.push_back({function, name});
  }
  if (!reader.ok()) names.clear();
  return names;
}

}  // namespace

struct Module::Names {
  void Decode(const Module& module);
  void DecodeNameSection(const Module& module, ByteRange section);

  absl::once_flag once;
  std::string_view module_name;
  // Both sorted by function.
  std::vector<FunctionNameEntry> functions;
  std::vector<FunctionNameEntry> imports_and_exports;
};

void Module::Names::DecodeNameSection(const Module& module, ByteRange section) {
  ByteReader reader(module.bytes, section.offset, section.offset + section.size);
  while (!reader.AtEnd()) {
    const uint8_t id = reader.Byte();
    const uint32_t size = reader.U32();
    const uint32_t start = reader.offset();
    reader.Bytes(size);
    if (!reader.ok()) return;
    ByteReader contents(module.bytes, start, start + size);
    if (id == kModuleNameSubsection) {
      module_name = contents.Name(UINT32_MAX);
    } else if (id == kFunctionNamesSubsection) {
      functions = ReadFunctionNames(contents, module.function_count());
    }
  }
}

void Module::Names::Decode(const Module& module) {
  for (const CustomSection& section : module.custom_sections) {
    if (section.name != "name") continue;
    DecodeNameSection(module, section.bytes);
    break;
  }
  for (const Import& item : module.imports) {
    if (item.kind == ExternKind::kFunc) imports_and_exports.push_back({item.index, item.name});
  }
  for (const Export& item : module.exports) {
    if (item.kind == ExternKind::kFunc) imports_and_exports.push_back({item.index, item.name});
  }
  // Of several names the first one in the module is taken.
  std::sort(imports_and_exports.begin(), imports_and_exports.end(),
            [](const FunctionNameEntry& a, const FunctionNameEntry& b) {
              return a.function != b.function ? a.function < b.function
                                              : a.name.data() < b.name.data();
            });
}

struct Module::Lines {
  absl::once_flag once;
  std::optional<SourceLines> lines;
};

Module::Module() : names_(std::make_unique<Names>()), lines_(std::make_unique<Lines>()) {}
Module::~Module() = default;

const Module::Names& Module::names() const {
  absl::call_once(names_->once, [this] { names_->Decode(*this); });
  return *names_;
}

std::string_view Module::FunctionName(uint32_t function) const {
  const std::string_view name = Find(names().functions, function);
  return name.empty() ? Find(names().imports_and_exports, function) : name;
}

std::string Module::DescribeFunction(uint32_t function) const {
  const std::string_view name = FunctionName(function);
  if (name.empty()) return absl::StrCat("function ", function);
  return absl::StrCat("function ", function, " <", std::string(name), ">");
}

std::string_view Module::ModuleName() const { return names().module_name; }

std::optional<SourceLine> Module::FindSourceLine(uint32_t offset) const {
  absl::call_once(lines_->once, [this] { lines_->lines.emplace(*this); });
  return lines_->lines->Find(offset);
}

}  // namespace wasmtier::runtime

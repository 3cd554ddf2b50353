// wasm-tier inspect --json
#include <nlohmann/json.hpp>

#include "engine/cli/inspect.h"

namespace wasmtier::cli {
namespace {

// Members in the order of the text.
using Json = nlohmann::ordered_json;

Json TypeJson(const ExternType& type) {
  return std::visit([](const auto& known) { return ToString(known); }, type);
}

Json Sections(const Module& module) {
  Json list = Json::array();
  for (const SectionInfo& section : module.sections()) {
    Json entry = {{"id", section.id},
                  {"name", section.name},
                  {"offset", section.offset},
                  {"bytes", section.bytes}};
    if (section.entries) entry["entries"] = *section.entries;
    list.push_back(std::move(entry));
  }
  return list;
}

Json Imports(const Module& module) {
  Json list = Json::array();
  for (const ImportInfo& import : module.imports()) {
    list.push_back({{"kind", ToString(KindOf(import.type))},
                    {"module", import.module},
                    {"name", import.name},
                    {"type", TypeJson(import.type)}});
  }
  return list;
}

Json Exports(const Module& module) {
  Json list = Json::array();
  for (const ExportInfo& exported : module.exports()) {
    list.push_back({{"kind", ToString(KindOf(exported.type))},
                    {"name", exported.name},
                    {"type", TypeJson(exported.type)}});
  }
  return list;
}

Json Functions(const Module& module) {
  Json list = Json::array();
  for (uint32_t i = 0; i < module.function_count(); ++i) {
    const FunctionInfo function = module.function(i);
    Json entry = {{"index", function.index}};
    if (!function.name.empty()) entry["name"] = function.name;
    entry["type"] = ToString(function.type);
    entry["imported"] = function.is_imported;
    if (!function.is_imported) {
      entry["offset"] = function.body_offset;
      entry["bytes"] = function.body_bytes;
    }
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

std::string InspectAsJson(const Module& module, const std::string& path) {
  const Json object = {{"file", path},
                       {"bytes", module.bytes().size()},
                       {"module", module.name()},
                       {"sections", Sections(module)},
                       {"imports", Imports(module)},
                       {"exports", Exports(module)},
                       {"functions", Functions(module)},
                       {"features", module.features()},
                       {"missing_features", module.missing_features()}};
  // A path need not be UTF-8.
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wasmtier::cli

// wasm-tier inspect
#include "engine/cli/inspect.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/cli/commands.h"
#include "engine/cli/engine_options.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/module_file.h"
#include "engine/cli/output.h"

namespace wasmtier::cli {
namespace {

std::string TypeText(const ExternType& type) {
  return std::visit([](const auto& known) { return ToString(known); }, type);
}

void AppendSections(const Module& module, std::string& text) {
  text += "sections:\n";
  for (const SectionInfo& section : module.sections()) {
    const std::string label = section.id == 0
                                  ? absl::StrCat("custom \"", std::string(section.name), "\"")
                                  : std::string(section.name);
    absl::StrAppendFormat(&text, "  %-24s %10d bytes at 0x%x", label, section.bytes,
                          section.offset);
    if (section.entries)
      absl::StrAppendFormat(&text, ", %d %s", *section.entries,
                            *section.entries == 1 ? "entry" : "entries");
    text += '\n';
  }
}

void AppendImports(const Module& module, std::string& text) {
  text += "imports:\n";
  for (const ImportInfo& import : module.imports()) {
    absl::StrAppendFormat(&text, "  %s %s.%s %s\n", ToString(KindOf(import.type)), import.module,
                          import.name, TypeText(import.type));
  }
}

void AppendExports(const Module& module, std::string& text) {
  text += "exports:\n";
  for (const ExportInfo& exported : module.exports()) {
    absl::StrAppendFormat(&text, "  %s \"%s\" %s\n", ToString(KindOf(exported.type)), exported.name,
                          TypeText(exported.type));
  }
}

void AppendFunctions(const Module& module, std::string& text) {
  text += "functions:\n";
  for (uint32_t i = 0; i < module.function_count(); ++i) {
    const FunctionInfo function = module.function(i);
    absl::StrAppendFormat(&text, "  %d", function.index);
    if (!function.name.empty()) absl::StrAppendFormat(&text, " <%s>", function.name);
    absl::StrAppendFormat(&text, " %s", ToString(function.type));
    if (function.is_imported) {
      text += ", imported\n";
    } else {
      absl::StrAppendFormat(&text, ", %d bytes at 0x%x\n", function.body_bytes,
                            function.body_offset);
    }
  }
}

}  // namespace

std::string InspectAsText(const Module& module, const std::string& path) {
  std::string text = absl::StrCat(path, ": ", module.bytes().size(), " bytes");
  if (!module.name().empty()) absl::StrAppend(&text, ", module ", std::string(module.name()));
  text += '\n';
  AppendSections(module, text);
  AppendImports(module, text);
  AppendExports(module, text);
  AppendFunctions(module, text);
  absl::StrAppend(&text, "features: ", absl::StrJoin(module.features(), ", "), "\n");
  if (const std::vector<std::string> missing = module.missing_features(); !missing.empty()) {
    absl::StrAppend(&text, "features that cannot run yet: ", absl::StrJoin(missing, ", "), "\n");
  }
  return Printable(text);
}

int InspectCommand(std::span<const char* const> args) {
  OptionParser parser("inspect [OPTIONS] FILE", kInspectSummary, OptionParser::Style::kAnywhere);
  EngineOptions engine_options;
  bool json = false;
  parser.Flag("--json", &json, "print one JSON object");
  engine_options.AddLoadingTo(parser);
  parser.Footer(kExitCodesOfTools);
  std::vector<std::string> files;
  if (std::optional<int> exit_code = parser.Parse(args, &files)) return *exit_code;
  if (files.size() != 1) {
    PrintError(absl::StrCat("inspect: expected one FILE, found ", files.size(),
                            "; see wasm-tier inspect --help"));
    return kExitUsage;
  }
  absl::StatusOr<Engine> engine = engine_options.CreateEngine();
  if (!engine.ok()) {
    PrintError(absl::StrCat("inspect: ", std::string(engine.status().message())));
    return kExitUsage;
  }
  absl::StatusOr<Module> module = LoadModuleFile(*engine, files[0]);
  if (!module.ok()) {
    PrintError(std::string(module.status().message()));
    return kExitModule;
  }
  Print(json ? InspectAsJson(*module, files[0]) : InspectAsText(*module, files[0]));
  return kExitOk;
}

}  // namespace wasmtier::cli

// wasm-tier inspect
#include "engine/cli/inspect.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/cli/commands.h"
#include "engine/cli/engine_options.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/module_file.h"
#include "engine/cli/numbers.h"
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

// "12 <name> (i32) -> i32, 100 bytes at 0x1f3" and a newline.
std::string FunctionLine(const FunctionInfo& function) {
  std::string text = absl::StrCat(function.index);
  if (!function.name.empty()) absl::StrAppendFormat(&text, " <%s>", function.name);
  absl::StrAppendFormat(&text, " %s", ToString(function.type));
  if (function.is_imported) return text + ", imported\n";
  absl::StrAppendFormat(&text, ", %d bytes at 0x%x\n", function.body_bytes, function.body_offset);
  return text;
}

void AppendFunctions(const Module& module, std::string& text) {
  text += "functions:\n";
  for (uint32_t i = 0; i < module.function_count(); ++i) {
    absl::StrAppend(&text, "  ", FunctionLine(module.function(i)));
  }
}

// The functions whose code is to be printed.
struct CodeOptions {
  std::optional<std::string> assembly;
  std::optional<std::string> ir;
  std::optional<std::string> raw_ir;
  std::optional<std::string> vectorization;
};

absl::StatusOr<std::string> AssemblyOf(const Module& module, const std::string& function) {
  absl::StatusOr<uint32_t> index = FindFunction(module, function);
  if (!index.ok()) return index.status();
  return InspectAsAssembly(module, *index);
}

absl::StatusOr<std::string> IrOf(const Module& module, const std::string& function,
                                 bool is_optimized) {
  absl::StatusOr<uint32_t> index = FindFunction(module, function);
  if (!index.ok()) return index.status();
  absl::StatusOr<std::string> code = module.OptimizerIr(*index, is_optimized);
  // Names of functions are the module's.
  if (code.ok()) code = Printable(*code);
  return code;
}

absl::StatusOr<std::string> VectorizationOf(const Module& module, const std::string& function,
                                            bool json) {
  absl::StatusOr<uint32_t> index = FindFunction(module, function);
  if (!index.ok()) return index.status();
  return json ? VectorizationAsJson(module, *index) : VectorizationAsText(module, *index);
}

// What to print of the module; errors are of wrong usage, and name the option.
absl::StatusOr<std::string> Inspect(const Module& module, const std::string& path, bool json,
                                    const CodeOptions& code) {
  const auto of_option = [](std::string_view option, absl::StatusOr<std::string> text) {
    if (text.ok()) return text;
    return absl::StatusOr<std::string>(absl::Status(
        text.status().code(),
        absl::StrCat(std::string(option), ": ", std::string(text.status().message()))));
  };
  if (code.ir) return of_option("--ir", IrOf(module, *code.ir, /*is_optimized=*/true));
  if (code.raw_ir) return of_option("--raw-ir", IrOf(module, *code.raw_ir, /*is_optimized=*/false));
  if (code.vectorization) {
    return of_option("--vectorization", VectorizationOf(module, *code.vectorization, json));
  }
  if (code.assembly) return of_option("--asm", AssemblyOf(module, *code.assembly));
  return json ? InspectAsJson(module, path) : InspectAsText(module, path);
}

}  // namespace

absl::StatusOr<uint32_t> FindFunction(const Module& module, const std::string& text) {
  if (absl::StatusOr<uint64_t> index = ParseCount("index", text); index.ok()) {
    if (*index < module.function_count()) return static_cast<uint32_t>(*index);
    return absl::NotFoundError(
        absl::StrCat("no function ", text, ": there are ", module.function_count()));
  }
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < module.function_count(); ++i) {
    if (module.function(i).name == text) found.push_back(i);
  }
  if (found.size() == 1) return found[0];
  if (found.empty()) return absl::NotFoundError(absl::StrCat("no function is called ", text));
  return absl::NotFoundError(
      absl::StrCat("several functions are called ", text, ": ", absl::StrJoin(found, ", ")));
}

absl::StatusOr<std::string> InspectAsAssembly(const Module& module, uint32_t function) {
  absl::StatusOr<std::string> code = module.Disassemble(function);
  if (!code.ok()) return code.status();
  if (!code->ends_with("\n")) *code += "\n";
  return Printable(absl::StrCat("function ", FunctionLine(module.function(function)), *code));
}

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
  CodeOptions code;
  parser.Flag("--json", &json, "print one JSON object");
  parser.Text("--asm", "FUNCTION", &code.assembly,
              "print the machine code of the baseline tier for a function, by index or name, below "
              "the WebAssembly instructions that it was made from");
  parser.Text("--ir", "FUNCTION", &code.ir,
              "print LLVM's optimized intermediate code for a function, with the offsets of the "
              "WebAssembly instructions");
  parser.Text("--raw-ir", "FUNCTION", &code.raw_ir,
              "LLVM's intermediate code before it is optimized, as LLVM has it");
  parser.Text("--vectorization", "FUNCTION", &code.vectorization,
              "say what the optimizing tier makes of each loop of a function, and why not more: "
              "vectorized by how many iterations, versioned behind a guard of its addresses");
  parser.Text("--tier", "TIER", &engine_options.tier,
              "with --asm: the tier whose code is printed, baseline (default) or optimizing");
  parser.Flag("--precise-traps", &engine_options.precise_traps,
              "with --tier optimizing, --ir or --vectorization: as run has it");
  parser.Flag("--explicit-checks", &engine_options.explicit_checks,
              "with these: code that compares each memory address with the size");
  engine_options.AddLoadingTo(parser);
  parser.Footer(kExitCodesOfTools);
  std::vector<std::string> files;
  if (std::optional<int> exit_code = parser.Parse(args, &files)) return *exit_code;
  if (files.size() != 1) {
    PrintError(absl::StrCat("inspect: expected one FILE, found ", files.size(),
                            "; see wasm-tier inspect --help"));
    return kExitUsage;
  }
  if (code.assembly.has_value() + code.ir.has_value() + code.raw_ir.has_value() +
          code.vectorization.has_value() >
      1) {
    PrintError("inspect: one of --asm, --ir, --raw-ir and --vectorization at a time");
    return kExitUsage;
  }
  if (code.ir || code.raw_ir || code.vectorization) {
    engine_options.tier = "optimizing";
  } else if (code.assembly && !engine_options.tier) {
    engine_options.tier = "baseline";
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
  absl::StatusOr<std::string> text = Inspect(*module, files[0], json, code);
  if (!text.ok()) {
    PrintError(absl::StrCat("inspect: ", std::string(text.status().message())));
    return kExitUsage;
  }
  Print(*text);
  return kExitOk;
}

}  // namespace wasmtier::cli

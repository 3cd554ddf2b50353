#include "profiler/code_names.h"

#include "absl/strings/str_cat.h"
#include "runtime/model/module.h"
#include "runtime/module_code.h"

namespace wasmtier::profiler {
namespace {

// A demangled C++ name may have thousands of characters, which no report can show.
constexpr size_t kMaxNameBytes = 400;

}  // namespace

const char* NameOf(runtime::Tier tier) {
  switch (tier) {
    case runtime::Tier::kInterpreter:
      return "interpreter";
    case runtime::Tier::kBaseline:
      return "baseline";
    case runtime::Tier::kOptimizing:
      return "optimizing";
  }
  return "unknown";
}

// A character of UTF-8 stays whole. A newline would begin a line of its own, an escape reach a
// terminal.
std::string PrintableName(std::string_view name) {
  if (name.size() > kMaxNameBytes) {
    size_t end = kMaxNameBytes;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
    name = name.substr(0, end);
  }
  std::string result(name);
  for (char& c : result) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '_';
  }
  return result;
}

std::string NameOf(const runtime::Module& module, uint32_t function) {
  std::string name = PrintableName(module.FunctionName(function));
  return name.empty() ? absl::StrCat("function-", function) : name;
}

std::string NameOf(const runtime::ModuleCode& code, uint32_t function) {
  return NameOf(code.module(), function);
}

std::string SymbolOf(const runtime::CodeEvent& event) {
  const std::string_view module_name = event.code->module().ModuleName();
  return absl::StrCat(module_name.empty() ? "wasm" : PrintableName(module_name), "!",
                      NameOf(*event.code, event.function), " [", NameOf(event.tier), "]");
}

void SymbolListener::OnCode(const runtime::CodeEvent& event) {
  if (event.tier == runtime::Tier::kInterpreter) return;
  Append(event.begin, event.size, SymbolOf(event), event.compiled);
}

void SymbolListener::OnStub(const runtime::StubEvent& event) {
  Append(event.begin, event.size, absl::StrCat("wasm-tier stub ", PrintableName(event.name)),
         event.compiled);
}

}  // namespace wasmtier::profiler

// How profilers call functions and tiers.
#ifndef WASMTIER_PROFILER_CODE_NAMES_H_
#define WASMTIER_PROFILER_CODE_NAMES_H_

#include <string>
#include <string_view>

#include "runtime/code_listener.h"
#include "runtime/model/module.h"

namespace wasmtier::profiler {

// "baseline"
const char* NameOf(runtime::Tier tier);

// Names come from the module: without control characters, and not too long.
std::string PrintableName(std::string_view name);

// "sort", or "function-12" where it has no name.
std::string NameOf(const runtime::Module& module, uint32_t function);
std::string NameOf(const runtime::ModuleCode& code, uint32_t function);

// "module!sort [baseline]"
std::string SymbolOf(const runtime::CodeEvent& event);

// Hears of machine code by the name that reports show. Bytecode is left out: it is data, and the
// handlers that run it have names of their own.
class SymbolListener : public runtime::CodeListener {
 public:
  void OnCode(const runtime::CodeEvent& event) final;
  void OnStub(const runtime::StubEvent& event) final;

 private:
  // `compiled`: the code, or one that it is a part of; may be null.
  virtual void Append(const void* begin, size_t size, std::string_view symbol,
                      const runtime::CompiledCode* compiled) = 0;
};

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_CODE_NAMES_H_

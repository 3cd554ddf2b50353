#include "tiers/interpreter/translate.h"

#include <chrono>
#include <cstring>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "runtime/code_listener.h"
#include "runtime/tier_hooks.h"
#include "tiers/decode/body_decoder.h"
#include "tiers/interpreter/translator.h"

namespace wasmtier::interpreter {

using runtime::FunctionState;
using runtime::ModuleCode;

namespace {

bool IsTranslated(const FunctionState& state) {
  return state.bytecode.load(std::memory_order_acquire) !=
         reinterpret_cast<const uint8_t*>(&state.stub);
}

std::string RunTranslator(Translator& translator, const runtime::Module& module,
                          uint32_t function) {
  decode::BodyDecoder<decode::NoChecks, Translator> decoder(module, translator);
  if (!decoder.Decode(function)) return decoder.error().message;
  return translator.error();
}

}  // namespace

std::string Translate(ModuleCode& code, uint32_t function) {
  FunctionState& state = code.function_states()[function];
  absl::MutexLock lock(&code.translation_mutex());
  if (IsTranslated(state)) return {};
  if (std::string error = code.hooks().ValidateLazily(code, function); !error.empty()) return error;
  const auto start = std::chrono::steady_clock::now();
  Translator translator(code.module(), code.strategy(), code.function_states(), nullptr);
  if (std::string error = RunTranslator(translator, code.module(), function); !error.empty())
    return error;
  const std::span<const uint8_t> bytes = translator.code();
  uint8_t* const bytecode = code.bytecode_arena().Allocate(bytes.size());
  std::memcpy(bytecode, bytes.data(), bytes.size());
  code.AddBytecode(function, bytecode, bytes.size(), translator.header_slot());
  state.bytecode.store(bytecode, std::memory_order_release);
  const auto duration = std::chrono::steady_clock::now() - start;
  code.hooks().listener().OnCode(
      {&code, function, runtime::Tier::kInterpreter, bytecode, bytes.size(),
       static_cast<uint64_t>(
           std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count())});
  return {};
}

std::vector<SourcePosition> FindSourcePositions(const ModuleCode& code, uint32_t function) {
  std::vector<SourcePosition> positions;
  Translator translator(code.module(), code.strategy(), nullptr, &positions);
  RunTranslator(translator, code.module(), function);
  return positions;
}

}  // namespace wasmtier::interpreter

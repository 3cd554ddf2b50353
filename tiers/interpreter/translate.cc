#include "tiers/interpreter/translate.h"

#include <chrono>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "runtime/base/elapsed.h"
#include "runtime/code_listener.h"
#include "runtime/tier_hooks.h"
#include "tiers/decode/body_decoder.h"
#include "tiers/interpreter/translator.h"

namespace wasmtier::interpreter {

using runtime::FunctionState;
using runtime::ModuleCode;

namespace {

// The bytecode of a function that has been translated, else null.
const uint8_t* FindTranslated(ModuleCode& code, uint32_t function)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(code.translation_mutex()) {
  if (code.asks_at_every_call()) {
    const auto found = code.unpublished_bytecode().find(function);
    return found == code.unpublished_bytecode().end() ? nullptr : found->second;
  }
  const FunctionState& state = code.function_states()[function];
  const uint8_t* const bytecode = state.bytecode.load(std::memory_order_acquire);
  return bytecode == reinterpret_cast<const uint8_t*>(&state.translate_stub) ? nullptr : bytecode;
}

// Makes calls run `bytecode`, unless machine code was published meanwhile. What they run then.
const uint8_t* PublishBytecode(ModuleCode& code, uint32_t function, const uint8_t* bytecode)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(code.translation_mutex()) {
  if (code.asks_at_every_call()) {
    code.unpublished_bytecode()[function] = bytecode;
    return bytecode;
  }
  FunctionState& state = code.function_states()[function];
  const auto* expected = reinterpret_cast<const uint8_t*>(&state.translate_stub);
  return state.bytecode.compare_exchange_strong(expected, bytecode, std::memory_order_acq_rel)
             ? bytecode
             : expected;
}

std::string RunTranslator(Translator& translator, const runtime::Module& module,
                          uint32_t function) {
  decode::BodyDecoder<decode::NoChecks, Translator> decoder(module, translator);
  if (!decoder.Decode(function)) return decoder.error().message;
  return translator.error();
}

}  // namespace

Translation Translate(ModuleCode& code, uint32_t function) {
  absl::MutexLock lock(&code.translation_mutex());
  if (const uint8_t* const found = FindTranslated(code, function); found != nullptr)
    return {found, {}, false};
  if (std::string error = code.hooks().ValidateLazily(code, function); !error.empty())
    return {nullptr, std::move(error), false};
  const auto start = std::chrono::steady_clock::now();
  Translator translator(code.module(), code.strategy(), code.relaxed_simd(), code.function_states(),
                        nullptr);
  if (std::string error = RunTranslator(translator, code.module(), function); !error.empty())
    return {nullptr, std::move(error), translator.frame_is_too_large()};
  const std::span<const uint8_t> bytes = translator.code();
  uint8_t* const bytecode = code.bytecode_arena().Allocate(bytes.size());
  std::memcpy(bytecode, bytes.data(), bytes.size());
  code.AddBytecode(function, bytecode, bytes.size(), translator.header_slot());
  // Profilers know it before it runs.
  code.hooks().listener().OnCode({.code = &code,
                                  .function = function,
                                  .tier = runtime::Tier::kInterpreter,
                                  .begin = bytecode,
                                  .size = bytes.size(),
                                  .nanoseconds = runtime::NanosecondsSince(start),
                                  .header_slot = translator.header_slot()});
  return {PublishBytecode(code, function, bytecode), {}, false};
}

std::vector<SourcePosition> FindSourcePositions(const ModuleCode& code, uint32_t function) {
  std::vector<SourcePosition> positions;
  Translator translator(code.module(), code.strategy(), code.relaxed_simd(), nullptr, &positions);
  RunTranslator(translator, code.module(), function);
  return positions;
}

}  // namespace wasmtier::interpreter

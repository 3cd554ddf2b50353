#include "profiler/code_counter.h"

#include "runtime/module_code.h"

namespace wasmtier::profiler {

void CodeCounter::OnCode(const runtime::CodeEvent& event) {
  Counters& counters = counters_[static_cast<int>(event.tier)];
  counters.functions.fetch_add(1, std::memory_order_relaxed);
  counters.bytes.fetch_add(event.size, std::memory_order_relaxed);
  counters.nanoseconds.fetch_add(event.nanoseconds, std::memory_order_relaxed);
  if (event.code == nullptr) return;
  counters.wasm_bytes.fetch_add(event.code->module().body(event.function).size,
                                std::memory_order_relaxed);
}

CodeCounts CodeCounter::counts(runtime::Tier tier) const {
  const Counters& counters = counters_[static_cast<int>(tier)];
  return {counters.functions.load(std::memory_order_relaxed),
          counters.bytes.load(std::memory_order_relaxed),
          counters.nanoseconds.load(std::memory_order_relaxed),
          counters.wasm_bytes.load(std::memory_order_relaxed)};
}

}  // namespace wasmtier::profiler

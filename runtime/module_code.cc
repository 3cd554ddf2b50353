#include "runtime/module_code.h"

#include <iterator>
#include <new>
#include <utility>

namespace wasmtier::runtime {
ModuleCode::ModuleCode(std::shared_ptr<const Module> module, MemoryStrategy strategy,
                       TierHooks& hooks)
    : module_(std::move(module)), strategy_(strategy), hooks_(hooks),
      asks_at_every_call_(hooks.AskAtEveryCall()) {
  // The only work at load time that is done for every function, so it is two tight loops; page
  // faults are most of its cost.
  const uint32_t functions = module_->function_count();
  const uint32_t imported = module_->imported_functions;
  const int32_t translate = hooks_.FirstInstruction();
  const int32_t enter_compiled = hooks_.CompiledInstruction();
  states_ = MakeZeroedArray<FunctionState>(functions);
  for (uint32_t i = imported; i < functions; ++i) {
    FunctionState* const state = &states_[i];
    new (state) FunctionState{
        {reinterpret_cast<const uint8_t*>(&state->translate_stub)}, translate, enter_compiled};
  }
  void* const entry_point = hooks_.FirstEntryPoint();
  entries_ = MakeZeroedArray<std::atomic<void*>>(functions);
  for (uint32_t i = imported; i < functions; ++i) {
    entries_[i].store(entry_point, std::memory_order_relaxed);
  }
  hotness_ = MakeZeroedArray<int32_t>(functions - imported);
}

ModuleCode::~ModuleCode() = default;

void ModuleCode::AddBytecode(uint32_t function, const uint8_t* begin, size_t size,
                             uint32_t header_slot) {
  hotness_[function - module_->imported_functions] =
      hooks_.FirstCountdown(module_->body(function).size);
  ranges_.insert_or_assign(begin, BytecodeRange{begin, size, function, header_slot});
}

bool ModuleCode::FindBytecode(const uint8_t* pc, BytecodeRange* range) const {
  absl::ReaderMutexLock lock(&translation_mutex_);
  auto after = ranges_.upper_bound(pc);
  if (after == ranges_.begin()) return false;
  const BytecodeRange& candidate = std::prev(after)->second;
  if (!candidate.Contains(pc)) return false;
  *range = candidate;
  return true;
}

}  // namespace wasmtier::runtime

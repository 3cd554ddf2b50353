#include "runtime/module_code.h"

#include <new>
#include <utility>

namespace wasmtier::runtime {
ModuleCode::ModuleCode(std::shared_ptr<const Module> module, MemoryStrategy strategy,
                       TierHooks& hooks)
    : module_(std::move(module)), strategy_(strategy), hooks_(hooks) {
  // The only work at load time that is done for every function, so it is two tight loops; page
  // faults are most of its cost.
  const uint32_t functions = module_->function_count();
  const uint32_t imported = module_->imported_functions;
  const int32_t stub = hooks_.FirstInstruction();
  states_ = MakeZeroedArray<FunctionState>(functions);
  for (uint32_t i = imported; i < functions; ++i) {
    FunctionState* const state = &states_[i];
    new (state) FunctionState{{reinterpret_cast<const uint8_t*>(&state->stub)}, stub, i};
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
  ranges_.insert_or_assign(begin, BytecodeRange{function, header_slot, size});
}

bool ModuleCode::FindBytecode(const uint8_t* pc, BytecodeLocation* location) const {
  absl::ReaderMutexLock lock(&translation_mutex_);
  auto range = ranges_.upper_bound(pc);
  if (range == ranges_.begin()) return false;
  --range;
  const BytecodeRange& code = range->second;
  const size_t offset = static_cast<size_t>(pc - range->first);
  if (offset >= code.size) return false;
  *location = {code.function, static_cast<uint32_t>(offset), code.header_slot};
  return true;
}

}  // namespace wasmtier::runtime

#include "runtime/module_code.h"

#include <new>
#include <utility>

namespace wasmtier::runtime {
namespace {

// An array whose elements are made in place, once: std::make_unique would zero all of it first.
template <typename T>
T* AllocateArray(size_t count) {
  return static_cast<T*>(::operator new(count * sizeof(T)));
}

}  // namespace

ModuleCode::ModuleCode(std::shared_ptr<const Module> module, MemoryStrategy strategy,
                       TierHooks& hooks)
    : module_(std::move(module)), strategy_(strategy), hooks_(hooks) {
  // The only work at load time that is done for every function, so it is kept to three tight loops.
  const uint32_t functions = module_->function_count();
  const uint32_t imported = module_->imported_functions;
  const int32_t stub = hooks_.FirstInstruction();
  states_.reset(AllocateArray<FunctionState>(functions));
  for (uint32_t i = 0; i < functions; ++i) {
    FunctionState* const state = &states_[i];
    const auto* const first = reinterpret_cast<const uint8_t*>(&state->stub);
    new (state) FunctionState{{i < imported ? nullptr : first}, stub, i};
  }
  void* const entry_point = hooks_.FirstEntryPoint();
  entries_.reset(AllocateArray<std::atomic<void*>>(functions));
  for (uint32_t i = 0; i < functions; ++i) {
    new (&entries_[i]) std::atomic<void*>(i < imported ? nullptr : entry_point);
  }
  hotness_ = std::make_unique_for_overwrite<int32_t[]>(module_->bodies.size());
  for (size_t i = 0; i < module_->bodies.size(); ++i) {
    hotness_[i] = hooks_.FirstCountdown(module_->bodies[i].size);
  }
}

ModuleCode::~ModuleCode() = default;

void ModuleCode::AddBytecode(uint32_t function, const uint8_t* begin, size_t size,
                             uint32_t header_slot) {
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

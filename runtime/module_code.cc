#include "runtime/module_code.h"

#include <algorithm>
#include <iterator>
#include <new>
#include <utility>

#include "runtime/activation.h"

namespace wasmtier::runtime {

ModuleCode::ModuleCode(std::shared_ptr<const Module> module, MemoryStrategy strategy,
                       TierHooks& hooks, const void* profile)
    : module_(std::move(module)),
      strategy_(strategy),
      hooks_(hooks),
      profile_(profile),
      listener_(hooks.listener()),
      host_entry_(hooks.HostEntry()),
      asks_at_every_call_(hooks.AskAtEveryCall()),
      relaxed_simd_(hooks.RelaxedSimdResults()) {
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
  void* const entry_point = reinterpret_cast<void*>(&wasmtier_first_call);
  entries_ = MakeZeroedArray<std::atomic<void*>>(functions);
  for (uint32_t i = imported; i < functions; ++i) {
    entries_[i].store(entry_point, std::memory_order_relaxed);
  }
  policy_states_ = MakeZeroedArray<std::atomic<uint8_t>>(functions);
  optimizing_states_ = MakeZeroedArray<std::atomic<uint8_t>>(functions);
  hotness_ = MakeZeroedArray<int32_t>(functions - imported);
  compiled_ = MakeZeroedArray<std::atomic<const CompiledCode*>>(functions - imported);
  superseded_ = MakeZeroedArray<std::atomic<const CompiledCode*>>(functions - imported);
  signature_stubs_ = MakeZeroedArray<SignatureStubs>(module_->types.size());
}

ModuleCode::~ModuleCode() {
  listener_.OnCodeGone(*this);
  absl::MutexLock lock(&translation_mutex_);
  for (const OwnedCode& owned : owned_code_) owned.space->Remove(owned.code);
}

void ModuleCode::Publish(uint32_t function, const CompiledCode* code, CodeSpace& space,
                         SignatureStubs::Enter enter, const void* load_arguments) {
  FunctionState& state = states_[function];
  const FuncType& type = module_->function_type(function);
  SignatureStubs& stubs = signature_stubs_[module_->function_types[function]];
  // Whoever translates the function at this moment must not replace what is stored here.
  absl::MutexLock lock(&translation_mutex_);
  owned_code_.push_back({&space, code});
  stubs.frame_slots.store(std::max(type.ParamSlots(), type.ResultSlots()),
                          std::memory_order_release);
  stubs.load_arguments.store(load_arguments, std::memory_order_release);
  stubs.enter.store(enter, std::memory_order_release);
  std::atomic<const CompiledCode*>& compiled = compiled_[function - module_->imported_functions];
  if (const CompiledCode* const other = compiled.load(std::memory_order_relaxed)) {
    // Better code may have come first.
    const bool is_better = other->tier <= code->tier;
    const CompiledCode* const worse = is_better ? other : code;
    if (worse->tier == Tier::kBaseline) {
      superseded_[function - module_->imported_functions].store(worse, std::memory_order_release);
    }
    if (!is_better) return;
  }
  // What leads to the stubs comes after them.
  compiled.store(code, std::memory_order_release);
  if (asks_at_every_call_) return;
  entries_[function].store(const_cast<uint8_t*>(code->begin), std::memory_order_release);
  state.bytecode.store(reinterpret_cast<const uint8_t*>(&state.compiled_stub),
                       std::memory_order_release);
}

const CompiledCode* ModuleCode::FindCompiled(uint32_t function) const {
  if (function < module_->imported_functions) return nullptr;
  return compiled_[function - module_->imported_functions].load(std::memory_order_acquire);
}

const CompiledCode* ModuleCode::FindBaseline(uint32_t function) const {
  const CompiledCode* const compiled = FindCompiled(function);
  if (compiled == nullptr || compiled->tier == Tier::kBaseline) return compiled;
  return superseded_[function - module_->imported_functions].load(std::memory_order_acquire);
}

void ModuleCode::PublishLoop(uint32_t function, uint32_t loop, const CompiledCode* code,
                             CodeSpace& space) {
  absl::MutexLock lock(&translation_mutex_);
  owned_code_.push_back({&space, code});
  loop_entries_[{function, loop}] = code->FindOsrEntry(loop);
}

const void* ModuleCode::FindLoopEntry(uint32_t function, uint32_t loop) const {
  absl::ReaderMutexLock lock(&translation_mutex_);
  const auto found = loop_entries_.find({function, loop});
  return found == loop_entries_.end() ? nullptr : found->second;
}

std::vector<uint32_t> ModuleCode::LoopsWithCode(uint32_t function) const {
  std::vector<uint32_t> loops;
  absl::ReaderMutexLock lock(&translation_mutex_);
  for (auto entry = loop_entries_.lower_bound({function, 0});
       entry != loop_entries_.end() && entry->first.first == function; ++entry) {
    loops.push_back(entry->first.second);
  }
  return loops;
}

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

#include "engine/policy/stress.h"

#include <atomic>
#include <map>

#include "engine/policy/tuning.h"

namespace wasmtier::engine {
namespace {

std::atomic<uint64_t> next_number{0};

// A generator of which every seed is a good one: splitmix64 (Steele, Lea, Flood, "Fast splittable
// pseudorandom number generators", 2014).
uint64_t NextRandom(uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  uint64_t value = state;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// States of this thread's generators, by the strategy's number.
uint64_t& ThreadState(uint64_t number, uint64_t seed) {
  thread_local std::map<uint64_t, uint64_t> states;
  return states.try_emplace(number, seed).first->second;
}

// Bits of ModuleCode::optimizing_states.
enum State : uint8_t { kFunctionDone = 1, kFunctionFailed = 2, kLoopFailed = 4 };

}  // namespace

Stress::Stress(const Options& options) : Tiered(options), number_(next_number.fetch_add(1)) {
  if (!options.make_optimizer) return;
  optimizer_ = std::make_unique<OptimizerTier>(machine_code(), *this, this->options());
}

bool Stress::TossCoin() {
  return (NextRandom(ThreadState(number_, options().stress_seed)) & 1) != 0;
}

bool Stress::GoesToMachineCode(runtime::ModuleCode& code, uint32_t function) {
  return TossCoin() && CompileAndPublish(code, function) == Outcome::kPublished;
}

bool Stress::IsOptimized(runtime::ModuleCode& code, const CompileTask& task) {
  if (optimizer_ == nullptr || !MayOptimize(code, task.function)) return false;
  std::atomic<uint8_t>& state = code.optimizing_states()[task.function];
  const uint8_t failed = task.osr_loop ? kLoopFailed : kFunctionFailed;
  const uint8_t now = state.load(std::memory_order_acquire);
  if ((now & failed) != 0) return false;
  // One compile for each loop of a large function takes longer than a test may.
  if (task.osr_loop && code.module().body(task.function).size > kMaxStressedLoopsBytes) {
    return false;
  }
  if (task.osr_loop ? code.FindLoopEntry(task.function, *task.osr_loop) != nullptr
                    : (now & kFunctionDone) != 0) {
    return true;
  }
  if (!optimizer_->CompileNow(code, task).ok()) {
    state.fetch_or(failed, std::memory_order_relaxed);
    return false;
  }
  if (!task.osr_loop) state.fetch_or(kFunctionDone, std::memory_order_release);
  return true;
}

bool Stress::CompileAtFirstCall(runtime::ModuleCode& code, uint32_t function) {
  return GoesToMachineCode(code, function);
}

const void* Stress::ResolveCall(runtime::ModuleCode& code, uint32_t function) {
  if (!GoesToMachineCode(code, function)) return InterpreterStub(code, function);
  if (optimizer_ != nullptr && TossCoin() && IsOptimized(code, {.function = function})) {
    return code.FindCompiled(function)->begin;
  }
  return code.FindBaseline(function)->begin;
}

int32_t Stress::FirstCountdown(uint32_t) { return 0; }

int32_t Stress::OnHot(runtime::ModuleCode&, uint32_t, runtime::HotReason) {
  CountHotEvent();
  return 0;
}

const void* Stress::FindOsrEntry(runtime::ModuleCode& code, uint32_t function, uint32_t loop) {
  if (!GoesToMachineCode(code, function)) return nullptr;
  if (optimizer_ != nullptr && TossCoin() &&
      IsOptimized(code, {.function = function, .osr_loop = loop})) {
    return code.FindLoopEntry(function, loop);
  }
  return code.FindBaseline(function)->FindOsrEntry(loop);
}

profiler::FunctionFeedback::Countdown Stress::CountdownFor(const runtime::ModuleCode&, uint32_t) {
  // Every iteration asks.
  return {.calls = INT32_MAX, .iterations = 0, .round = 1};
}

runtime::TierHooks::HotAnswer Stress::OnHotMachineCode(runtime::ModuleCode& code, uint32_t function,
                                                       runtime::HotReason reason, uint32_t loop) {
  CountHotEvent();
  if (reason == runtime::HotReason::kCalls || optimizer_ == nullptr) return {INT32_MAX, nullptr};
  if (!TossCoin() || !IsOptimized(code, {.function = function, .osr_loop = loop})) {
    return {0, nullptr};
  }
  return {0, code.FindLoopEntry(function, loop)};
}

}  // namespace wasmtier::engine

#include "engine/policy/stress.h"

#include <atomic>
#include <map>

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

}  // namespace

Stress::Stress(const Options& options) : Tiered(options), number_(next_number.fetch_add(1)) {}

bool Stress::GoesToMachineCode(runtime::ModuleCode& code, uint32_t function) {
  const bool heads = (NextRandom(ThreadState(number_, options().stress_seed)) & 1) != 0;
  return heads && CompileAndPublish(code, function) == Outcome::kPublished;
}

bool Stress::CompileAtFirstCall(runtime::ModuleCode& code, uint32_t function) {
  return GoesToMachineCode(code, function);
}

const void* Stress::ResolveCall(runtime::ModuleCode& code, uint32_t function) {
  if (GoesToMachineCode(code, function)) return code.FindCompiled(function)->begin;
  return InterpreterStub(code, function);
}

int32_t Stress::FirstCountdown(uint32_t) { return 0; }

int32_t Stress::OnHot(runtime::ModuleCode&, uint32_t, runtime::HotReason) {
  CountHotEvent();
  return 0;
}

const void* Stress::FindOsrEntry(runtime::ModuleCode& code, uint32_t function, uint32_t loop) {
  return GoesToMachineCode(code, function) ? Tiered::FindOsrEntry(code, function, loop) : nullptr;
}

}  // namespace wasmtier::engine

#include "engine/policy/tiered.h"

#include <chrono>
#include <utility>

#include "engine/policy/countdown.h"
#include "profiler/feedback_profile.h"
#include "runtime/activation.h"
#include "runtime/base/elapsed.h"
#include "runtime/host_function.h"
#include "tiers/baseline/baseline.h"

namespace wasmtier::engine {
namespace {

// ModuleCode::policy_states.
enum State : uint8_t { kUntried = 0, kCompiling, kPublished, kRefused };

}  // namespace

Tiered::Tiered(const Options& options) : Strategy(options), machine_code_(*options.listener) {}

int32_t Tiered::FirstCountdown(uint32_t body_bytes) {
  return CountdownOf(options().hotness_threshold, body_bytes);
}

int32_t Tiered::OnHot(runtime::ModuleCode& code, uint32_t function, runtime::HotReason) {
  CountHotEvent();
  switch (CompileAndPublish(code, function)) {
    case Outcome::kPublished:
      return kIterationsUntilEntry;
    case Outcome::kBusy:
      return kIterationsWhileCompiling;
    case Outcome::kNever:
      break;
  }
  return INT32_MAX;
}

const void* Tiered::FindOsrEntry(runtime::ModuleCode& code, uint32_t function, uint32_t loop) {
  if (const void* const entry = code.FindLoopEntry(function, loop)) return entry;
  const runtime::CompiledCode* const baseline = code.FindBaseline(function);
  return baseline == nullptr ? nullptr : baseline->FindOsrEntry(loop);
}

// Whatever the filter says: nothing else can run it.
bool Tiered::CompileInstead(runtime::ModuleCode& code, uint32_t function) {
  return CompileUnlessTried(code, function) == Outcome::kPublished;
}

const void* Tiered::ResolveCall(runtime::ModuleCode& code, uint32_t function) {
  if (const runtime::CompiledCode* const compiled = code.FindCompiled(function)) {
    return compiled->begin;
  }
  const void* const stub = InterpreterStub(code, function);
  if (stub == nullptr) return nullptr;
  // What another thread has published meanwhile stays.
  void* expected = reinterpret_cast<void*>(&runtime::wasmtier_first_call);
  code.entries()[function].compare_exchange_strong(
      expected, const_cast<void*>(stub), std::memory_order_release, std::memory_order_relaxed);
  return stub;
}

const void* Tiered::ResolveHostCall(const runtime::HostFunction& function) {
  if (!machine_code_.Prepare()) return nullptr;
  const auto stubs = machine_code_.StubsFor(function.type());
  if (!stubs.ok()) return nullptr;
  function.reference().entry->store(const_cast<void*>(stubs->host), std::memory_order_release);
  return stubs->host;
}

const void* Tiered::InterpreterStub(runtime::ModuleCode& code, uint32_t function) {
  if (!machine_code_.Prepare()) return nullptr;
  const auto stubs = machine_code_.StubsFor(code.module().function_type(function));
  return stubs.ok() ? stubs->interpreter : nullptr;
}

Tiered::Outcome Tiered::CompileAndPublish(runtime::ModuleCode& code, uint32_t function) {
  if (!options().filter.Passes(code.module(), function)) return Outcome::kNever;
  return CompileUnlessTried(code, function);
}

Tiered::Outcome Tiered::CompileUnlessTried(runtime::ModuleCode& code, uint32_t function) {
  std::atomic<uint8_t>& state = code.policy_states()[function];
  uint8_t expected = kUntried;
  if (!state.compare_exchange_strong(expected, kCompiling, std::memory_order_acquire)) {
    if (expected == kPublished) return Outcome::kPublished;
    return expected == kCompiling ? Outcome::kBusy : Outcome::kNever;
  }
  const absl::Status status = Compile(code, function);
  const bool is_published = status.ok();
  if (!is_published) {
    refused_functions_.fetch_add(1, std::memory_order_relaxed);
    const std::string reason(status.message());
    listener().OnCompile({.step = runtime::CompileEvent::Step::kFailed,
                          .code = &code,
                          .function = function,
                          .osr_loop = {},
                          .nanoseconds = 0,
                          .tier = runtime::Tier::kBaseline,
                          .reason = reason});
  }
  state.store(is_published ? kPublished : kRefused, std::memory_order_release);
  return is_published ? Outcome::kPublished : Outcome::kNever;
}

absl::Status Tiered::Compile(runtime::ModuleCode& code, uint32_t function) {
  const uint32_t body_bytes = code.module().body(function).size;
  if (body_bytes > baseline::kMaxBodyBytes) return absl::ResourceExhaustedError("too large");
  if (!machine_code_.Prepare()) return machine_code_.status();
  // The interpreter reports what is invalid, with a trap at the call.
  if (std::string error = ValidateLazily(code, function); !error.empty()) {
    return absl::InvalidArgumentError(error);
  }
  const auto stubs = machine_code_.StubsFor(code.module().function_type(function));
  if (!stubs.ok()) return stubs.status();
  const auto start = std::chrono::steady_clock::now();
  absl::StatusOr<const runtime::CompiledCode*> compiled = baseline::Compile(
      code, function, machine_code_.space(), machine_code_.stubs(),
      {.feedback = options().record_feedback, .countdown = CountdownFor(code, function)});
  if (!compiled.ok()) return compiled.status();
  if (const profiler::FunctionProfile* const profile = profiler::FindProfile(code, function);
      profile != nullptr && (*compiled)->feedback != nullptr) {
    profiler::Restore(*profile, code,
                      *static_cast<profiler::FunctionFeedback*>((*compiled)->feedback));
  }
  const uint64_t nanoseconds = runtime::NanosecondsSince(start);
  // Profilers know it before it runs.
  listener().OnCode({.code = &code,
                     .function = function,
                     .tier = runtime::Tier::kBaseline,
                     .begin = (*compiled)->begin,
                     .size = (*compiled)->size,
                     .nanoseconds = nanoseconds,
                     .compiled = *compiled});
  code.Publish(function, *compiled, machine_code_.space(), stubs->enter, stubs->load_arguments);
  return absl::OkStatus();
}

const std::atomic<const runtime::CodeSpace*>* Tiered::code_space() const {
  return &machine_code_.published_space();
}

absl::StatusOr<std::string> Tiered::Disassemble(runtime::ModuleCode& code, uint32_t function) {
  if (!machine_code_.Prepare()) return machine_code_.status();
  if (std::string error = ValidateLazily(code, function); !error.empty()) {
    return absl::InvalidArgumentError(error);
  }
  return baseline::Disassemble(code, function, machine_code_.space(), machine_code_.stubs(),
                               {.feedback = options().record_feedback});
}

uint64_t Tiered::refused_functions() const {
  return refused_functions_.load(std::memory_order_relaxed);
}

absl::Status Tiered::machine_code_status() const { return machine_code_.status(); }

}  // namespace wasmtier::engine

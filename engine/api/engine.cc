#include "wasmtier/engine.h"

#include <sched.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/api/engine_state.h"
#include "engine/policy/tuning.h"
#include "profiler/feedback_profile_file.h"
#include "runtime/trap_handler.h"
#include "tiers/baseline/x64/cpu.h"
#include "tiers/optimizing/loader.h"

namespace wasmtier {
namespace {

absl::Status OutOfRange(const char* name, uint64_t value, uint64_t low, uint64_t high) {
  return absl::InvalidArgumentError(
      absl::StrCat("config: ", name, " is ", value, ", it must lie between ", low, " and ", high));
}

absl::Status SetLimit(runtime::ModuleLimits& limits, const std::string& name, uint64_t value) {
  struct Field {
    std::string_view name;
    uint64_t runtime::ModuleLimits::* member;
  };
  static constexpr Field kFields[] = {
#define MODULE_LIMIT(name, value, what) {#name, &runtime::ModuleLimits::name},
#include "runtime/model/limits.def"
#undef MODULE_LIMIT
  };
  for (const Field& field : kFields) {
    if (field.name != name) continue;
    limits.*field.member = value;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("config: no module limit is called ", name));
}

int ValidationThreads(const Config& config) {
  if (config.low_memory) return 1;
  if (config.validation_threads != 0) return static_cast<int>(config.validation_threads);
  cpu_set_t processors;
  if (sched_getaffinity(0, sizeof(processors), &processors) != 0) return 1;
  return std::clamp<int>(CPU_COUNT(&processors), 1, engine::kMaxValidationThreads);
}

absl::StatusOr<engine::LoadOptions> MakeLoadOptions(const Config& config) {
  engine::LoadOptions options;
  options.lazy_validation = config.lazy_validation;
  options.threads = ValidationThreads(config);
  for (const auto& [name, value] : config.module_limits) {
    if (absl::Status status = SetLimit(options.limits, name, value); !status.ok()) return status;
  }
  return options;
}

uint64_t StackBytes(const Config& config) {
  return config.stack_bytes.value_or(config.low_memory ? engine::kLowMemoryStackBytes
                                                       : engine::kStackBytes);
}

runtime::RelaxedSimd RelaxedSimdOf(const Config& config) {
  if (config.relaxed_simd == RelaxedSimd::kDeterministic)
    return runtime::RelaxedSimd::kDeterministic;
  return baseline::HostCpu().fma ? runtime::RelaxedSimd::kFastFused : runtime::RelaxedSimd::kFast;
}

absl::Status CheckRanges(const Config& config) {
  if (config.hotness_threshold < 1 || config.hotness_threshold > INT32_MAX) {
    return OutOfRange("hotness_threshold", config.hotness_threshold, 1, INT32_MAX);
  }
  if (config.optimizing_threshold < 1 || config.optimizing_threshold > INT32_MAX) {
    return OutOfRange("optimizing_threshold", config.optimizing_threshold, 1, INT32_MAX);
  }
  if (config.compile_threads.value_or(0) > engine::kMaxCompileThreads) {
    return OutOfRange("compile_threads", *config.compile_threads, 0, engine::kMaxCompileThreads);
  }
  const uint64_t stack = StackBytes(config);
  if (stack < engine::kMinStackBytes || stack > engine::kMaxStackBytes) {
    return OutOfRange("stack_bytes", stack, engine::kMinStackBytes, engine::kMaxStackBytes);
  }
  if (absl::Status status = CheckTierFilter(config.tier_filter); !status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("config: tier_filter: ", std::string(status.message())));
  }
  for (const auto& [name, path] : {std::pair("profile_in", &config.profile_in),
                                   std::pair("profile_out", &config.profile_out)}) {
    if (path->empty() || config.tier == TierMode::kAuto) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("config: ", name, " needs the tier auto, not ", ToString(config.tier)));
  }
  if (!config.profile_out.empty() && config.record_feedback == false) {
    return absl::InvalidArgumentError("config: profile_out needs record_feedback");
  }
  if (config.validation_threads > engine::kMaxValidationThreads) {
    return OutOfRange("validation_threads", config.validation_threads, 0,
                      engine::kMaxValidationThreads);
  }
  return absl::OkStatus();
}

// Keeps a listener and adds it to those that hear of code.
template <typename Listener>
absl::Status AddListener(absl::StatusOr<std::unique_ptr<Listener>> opened,
                         std::unique_ptr<Listener>& owner, profiler::CodeListeners& listeners) {
  if (!opened.ok()) return opened.status();
  owner = *std::move(opened);
  listeners.Add(owner.get());
  return absl::OkStatus();
}

absl::Status AddListeners(internal::EngineState& state) {
  profiler::CodeListeners& all = state.code_listeners;
  if (state.config.profiling) {
    state.code_index = std::make_unique<profiler::CodeIndex>();
    all.Add(state.code_index.get());
  }
  absl::Status status;
  if (state.config.perf == PerfSupport::kMap) {
    status = AddListener(profiler::PerfMap::Open(), state.perf_map, all);
  } else if (state.config.perf == PerfSupport::kJitDump) {
    status = AddListener(profiler::JitDump::Open(), state.jit_dump, all);
  }
  if (!state.config.profile_out.empty()) {
    state.feedback_recorder = std::make_unique<profiler::FeedbackRecorder>();
    all.Add(state.feedback_recorder.get());
  }
  if (!status.ok() || state.config.trace_tiers.empty()) return status;
  return AddListener(profiler::TierTrace::Open(state.config.trace_tiers), state.tier_trace, all);
}

}  // namespace

namespace internal {

EngineState::EngineState(const Config& config, const engine::LoadOptions& load_options,
                         uint64_t stack_bytes)
    : config(config),
      load_options(load_options),
      stack_bytes(stack_bytes),
      native_stack_bytes(std::max(stack_bytes, engine::kMinNativeStackBytes)),
      stacks(native_stack_bytes, stack_bytes) {
  code_listeners.Add(&code_counter);
}

EngineState::~EngineState() {
  strategy.reset();  // compiles nothing any more
  if (feedback_recorder != nullptr && !wrote_profile) {
    // Who wants to know of errors writes it before.
    [[maybe_unused]] const absl::Status status = WriteProfile();
  }
}

absl::Status EngineState::WriteProfile() {
  if (feedback_recorder == nullptr) {
    return absl::FailedPreconditionError("no profile is recorded (Config::profile_out)");
  }
  wrote_profile = true;
  return profiler::WriteFeedbackProfile(config.profile_out, feedback_recorder->Record());
}

}  // namespace internal

const char* Version() { return "0.1.0"; }

absl::StatusOr<std::string> OptimizerModule() { return optimizing::FindOptimizer(); }

absl::StatusOr<Engine> Engine::Create(const Config& config) {
  if (absl::Status status = CheckRanges(config); !status.ok()) return status;
  absl::StatusOr<engine::LoadOptions> load_options = MakeLoadOptions(config);
  if (!load_options.ok()) return load_options.status();
  auto state = std::make_shared<internal::EngineState>(config, *load_options, StackBytes(config));
  if (!config.profile_in.empty()) {
    absl::StatusOr<profiler::FeedbackProfile> profile =
        profiler::ReadFeedbackProfile(config.profile_in);
    if (!profile.ok()) return profile.status();
    state->profile_in = *std::move(profile);
  }
  if (absl::Status status = AddListeners(*state); !status.ok()) return status;
  engine::OptimizerMaker make_optimizer;
  const bool is_stress_of_all = config.tier == TierMode::kStress && config.compile_threads == 0u;
  if (config.tier == TierMode::kAuto || config.tier == TierMode::kOptimizing || is_stress_of_all) {
    const absl::Status status = OptimizerModule().status();
    if (status.ok()) {
      make_optimizer = &optimizing::LoadOptimizer;
    } else if (config.tier == TierMode::kOptimizing) {
      return status;
    }
  }
  absl::StatusOr<std::unique_ptr<engine::Strategy>> strategy = engine::MakeStrategy(
      config.tier, {.hotness_threshold = config.hotness_threshold,
                    .lazy_validation = config.lazy_validation,
                    .limits = load_options->limits,
                    .filter = engine::TierFilter::Parse(config.tier_filter).value(),
                    .stress_seed = config.stress_seed,
                    .record_feedback = config.record_feedback.value_or(
                        (config.tier != TierMode::kOptimizing && make_optimizer != nullptr) ||
                        !config.profile_out.empty()),
                    .make_optimizer = make_optimizer,
                    .optimizing_threshold = config.optimizing_threshold,
                    .compile_threads = config.compile_threads,
                    .precise_traps = config.precise_traps,
                    .relaxed_simd = RelaxedSimdOf(config),
                    .has_signals = state->use_signals(),
                    .listener = &state->code_listeners});
  if (!strategy.ok()) return strategy.status();
  state->strategy = *std::move(strategy);
  return Engine(std::move(state));
}

const Config& Engine::config() const { return state_->config; }

CodeStatistics Engine::statistics(Tier tier) const {
  const profiler::CodeCounts counts =
      state_->code_counter.counts(tier == Tier::kInterpreter ? runtime::Tier::kInterpreter
                                  : tier == Tier::kBaseline  ? runtime::Tier::kBaseline
                                                             : runtime::Tier::kOptimizing);
  return {.functions = counts.functions,
          .bytes = counts.bytes,
          .nanoseconds = counts.nanoseconds,
          .wasm_bytes = counts.wasm_bytes};
}

uint64_t Engine::hot_events() const { return state_->strategy->hot_events(); }

uint64_t Engine::refused_functions() const { return state_->strategy->refused_functions(); }

uint64_t Engine::refused_optimizations() const { return state_->strategy->unoptimized_functions(); }

void Engine::FinishCompiles() const { state_->strategy->FinishCompiles(); }

absl::Status Engine::WriteProfile() const { return state_->WriteProfile(); }

absl::Status Engine::optimizer_status() const { return state_->strategy->optimizer_status(); }

absl::Status Engine::machine_code_status() const { return state_->strategy->machine_code_status(); }

bool Engine::HandleSignal(int signal, void* siginfo, void* ucontext) {
  return runtime::HandleSignal(signal, siginfo, ucontext);
}

}  // namespace wasmtier

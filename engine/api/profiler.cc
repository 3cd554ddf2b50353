#include "wasmtier/profiler.h"

#include "absl/strings/str_cat.h"
#include "engine/api/engine_state.h"
#include "profiler/profile.h"
#include "profiler/sampler.h"

namespace wasmtier {

using profiler::FrameKind;

namespace internal {

struct ProfileState {
  profiler::Profile profile;
  std::vector<profiler::FunctionTime> times;
};

struct ProfilerState {
  Engine engine;  // whose index the sampler uses
  std::unique_ptr<profiler::Sampler> sampler;
};

}  // namespace internal

namespace {

// Rows of the table for people.
constexpr size_t kTextRows = 40;

}  // namespace

uint64_t Profile::cpu_nanoseconds() const { return state_->profile.TotalCpu(); }

uint64_t Profile::samples() const { return state_->profile.SampleCount(); }

uint64_t Profile::lost_samples() const { return state_->profile.LostSamples(); }

std::vector<ProfiledFunction> Profile::functions() const {
  std::vector<ProfiledFunction> result;
  for (const profiler::FunctionTime& time : state_->times) {
    const profiler::Profile::Function& function = state_->profile.functions[time.function];
    result.push_back({.name = function.name,
                      .module = function.module,
                      .is_wasm = function.is_wasm,
                      .index = function.index,
                      .self = time.self,
                      .total = time.total,
                      .interpreter = time.self_of[static_cast<int>(FrameKind::kInterpreter)],
                      .baseline = time.self_of[static_cast<int>(FrameKind::kBaseline)],
                      .optimizing = time.self_of[static_cast<int>(FrameKind::kOptimizing)],
                      .inlined = time.inlined});
  }
  return result;
}

std::string Profile::Format(ProfileFormat format, const std::string& title) const {
  const profiler::Profile& profile = state_->profile;
  switch (format) {
    case ProfileFormat::kText:
      return profiler::ToText(profile, title, kTextRows);
    case ProfileFormat::kFolded:
      return profiler::ToFolded(profile);
    case ProfileFormat::kSpeedscope:
      return profiler::ToSpeedscope(profile, title);
    case ProfileFormat::kFirefox:
      return profiler::ToFirefox(profile, title);
    case ProfileFormat::kHtml:
      return profiler::ToHtml(profile, title);
  }
  return {};
}

absl::StatusOr<Profiler> Profiler::Start(const Engine& engine, const ProfilerOptions& options) {
  if (options.frequency < 1 || options.frequency > profiler::Sampler::kMaxFrequency) {
    return absl::InvalidArgumentError(absl::StrCat("profiler: frequency is ", options.frequency,
                                                   ", it must lie between 1 and ",
                                                   profiler::Sampler::kMaxFrequency));
  }
  profiler::CodeIndex* const index = internal::EngineAccess::state(engine)->code_index.get();
  if (index == nullptr) {
    return absl::FailedPreconditionError("profiler: the engine was made without Config::profiling");
  }
  absl::StatusOr<std::unique_ptr<profiler::Sampler>> sampler = profiler::Sampler::Start(
      *index, {.frequency = options.frequency, .compile_threads = options.compile_threads});
  if (!sampler.ok()) return sampler.status();
  return Profiler(std::make_unique<internal::ProfilerState>(
      internal::ProfilerState{engine, *std::move(sampler)}));
}

Profiler::Profiler(std::unique_ptr<internal::ProfilerState> state) : state_(std::move(state)) {}
Profiler::Profiler(Profiler&&) noexcept = default;
Profiler& Profiler::operator=(Profiler&&) noexcept = default;
Profiler::~Profiler() = default;

Profile Profiler::Stop() {
  auto state = std::make_shared<internal::ProfileState>();
  state->profile = state_->sampler->Stop();
  state->times = profiler::FunctionTimes(state->profile);
  return Profile(std::move(state));
}

}  // namespace wasmtier

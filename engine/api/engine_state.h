// What an Engine handle points to.
#ifndef WASMTIER_ENGINE_API_ENGINE_STATE_H_
#define WASMTIER_ENGINE_API_ENGINE_STATE_H_

#include <atomic>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "engine/load/load.h"
#include "engine/policy/strategy.h"
#include "profiler/code_counter.h"
#include "profiler/code_index.h"
#include "profiler/code_listeners.h"
#include "profiler/feedback_profile.h"
#include "profiler/feedback_recorder.h"
#include "profiler/jit_dump.h"
#include "profiler/perf_map.h"
#include "profiler/tier_trace.h"
#include "runtime/model/limits.h"
#include "runtime/model/type_registry.h"
#include "runtime/stack.h"
#include "wasmtier/engine.h"

namespace wasmtier::internal {

// Thread-safe: what changes guards itself.
struct EngineState {
  EngineState(const Config& config, const engine::LoadOptions& load_options, uint64_t stack_bytes);
  ~EngineState();

  // Engine::WriteProfile.
  absl::Status WriteProfile();

  const Config config;
  const engine::LoadOptions load_options;
  const uint64_t stack_bytes;
  const uint64_t native_stack_bytes;
  runtime::TypeRegistry types;
  runtime::StackPool stacks;
  profiler::CodeCounter code_counter;
  std::unique_ptr<profiler::PerfMap> perf_map;                    // null: not wanted
  std::unique_ptr<profiler::JitDump> jit_dump;                    // likewise
  std::unique_ptr<profiler::TierTrace> tier_trace;                // null: not wanted
  std::unique_ptr<profiler::CodeIndex> code_index;                // likewise
  profiler::FeedbackProfile profile_in;                           // empty: none
  std::unique_ptr<profiler::FeedbackRecorder> feedback_recorder;  // null: not wanted
  std::atomic<bool> wrote_profile{false};
  profiler::CodeListeners code_listeners;
  std::unique_ptr<engine::Strategy> strategy;  // set before the engine is handed out

  bool use_signals() const { return config.memory_checks == MemoryChecks::kAuto; }
};

struct EngineAccess {
  static Engine Make(std::shared_ptr<EngineState> state) { return Engine(std::move(state)); }
  static const std::shared_ptr<EngineState>& state(const Engine& engine) { return engine.state_; }
};

}  // namespace wasmtier::internal

#endif  // WASMTIER_ENGINE_API_ENGINE_STATE_H_

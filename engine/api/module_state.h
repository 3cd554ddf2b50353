// What a Module handle points to: the immutable module, and its code.
#ifndef WASMTIER_ENGINE_API_MODULE_STATE_H_
#define WASMTIER_ENGINE_API_MODULE_STATE_H_

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "engine/api/engine_state.h"
#include "runtime/instantiate.h"
#include "runtime/module_code.h"
#include "wasmtier/module.h"

namespace wasmtier::internal {

// Thread-safe.
struct ModuleState : public runtime::ModuleCodeProvider {
  // `profile`: of Config::profile_in, for this module; may be null.
  ModuleState(Engine engine, std::shared_ptr<const runtime::Module> module,
              const profiler::ModuleProfile* profile)
      : engine(std::move(engine)), runtime_module(std::move(module)), profile(profile) {}

  const runtime::Module& module() const override { return *runtime_module; }
  runtime::MemoryStrategy preferred_strategy() const override;
  std::shared_ptr<runtime::ModuleCode> Code(runtime::MemoryStrategy strategy) override;

  const Engine engine;
  const std::shared_ptr<const runtime::Module> runtime_module;
  const profiler::ModuleProfile* const profile;

 private:
  absl::Mutex mutex_;
  // By strategy; made when an instance first needs it.
  std::shared_ptr<runtime::ModuleCode> codes_[2] ABSL_GUARDED_BY(mutex_);
};

struct ModuleAccess {
  static Module Make(std::shared_ptr<ModuleState> state) { return Module(std::move(state)); }
  static ModuleState& state(const Module& module) { return *module.state_; }
};

}  // namespace wasmtier::internal

#endif  // WASMTIER_ENGINE_API_MODULE_STATE_H_

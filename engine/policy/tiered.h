// Tiered: what the modes with machine code share.
#ifndef WASMTIER_ENGINE_POLICY_TIERED_H_
#define WASMTIER_ENGINE_POLICY_TIERED_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "engine/policy/machine_code.h"
#include "engine/policy/strategy.h"
#include "profiler/feedback.h"
#include "runtime/module_code.h"

namespace wasmtier::engine {

// Functions start in the interpreter and are compiled once, when the mode decides so. Without
// memory for machine code everything stays in the interpreter. Thread-safe.
class Tiered : public Strategy {
 public:
  explicit Tiered(const Options& options);

  // The countdown of the interpreter leads to the compilation of the function.
  int32_t FirstCountdown(uint32_t body_bytes) override;
  int32_t OnHot(runtime::ModuleCode& code, uint32_t function, runtime::HotReason reason) override;
  const void* FindOsrEntry(runtime::ModuleCode& code, uint32_t function, uint32_t loop) override;
  bool CompileInstead(runtime::ModuleCode& code, uint32_t function) override;
  // Machine code if there is some, else the interpreter; the entry slot holds it from now on.
  const void* ResolveCall(runtime::ModuleCode& code, uint32_t function) override;
  const void* ResolveHostCall(const runtime::HostFunction& function) override;

  const std::atomic<const runtime::CodeSpace*>* code_space() const override;
  absl::StatusOr<std::string> Disassemble(runtime::ModuleCode& code, uint32_t function) override;
  uint64_t refused_functions() const override;
  absl::Status machine_code_status() const override;

 protected:
  enum class Outcome : uint8_t {
    kPublished,  // now or before
    kBusy,       // another thread is at it
    kNever,      // the filter keeps it in the interpreter, or it was refused, now or before
  };
  // Compiles a defined function if that has not been tried, and publishes the code.
  Outcome CompileAndPublish(runtime::ModuleCode& code, uint32_t function);

  // The stub through which machine code calls the function in the interpreter; null if there is no
  // memory for it.
  const void* InterpreterStub(runtime::ModuleCode& code, uint32_t function);

  // Compiles and publishes, whatever there is already; here, by the baseline tier.
  virtual absl::Status Compile(runtime::ModuleCode& code, uint32_t function);
  // When machine code with feedback calls OnHotMachineCode.
  virtual profiler::FunctionFeedback::Countdown CountdownFor(const runtime::ModuleCode&,
                                                             uint32_t /*function*/) {
    return {};
  }
  MachineCode& machine_code() { return machine_code_; }

 private:
  Outcome CompileUnlessTried(runtime::ModuleCode& code, uint32_t function);

  MachineCode machine_code_;
  std::atomic<uint64_t> refused_functions_{0};
};

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_TIERED_H_

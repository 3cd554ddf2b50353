// The baseline tier: machine code in one pass over the body (design §8).
#ifndef WASMTIER_TIERS_BASELINE_BASELINE_H_
#define WASMTIER_TIERS_BASELINE_BASELINE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "profiler/feedback.h"
#include "runtime/code_space.h"
#include "runtime/module_code.h"
#include "tiers/baseline/stubs.h"

namespace wasmtier::baseline {

// Larger bodies stay in the interpreter: one that size is data more than code, and its machine
// code would not fit the caches anyway.
inline constexpr uint32_t kMaxBodyBytes = 4 << 20;

struct Options {
  // Records calls, loop iterations, taken branches and callees for the optimizer.
  bool feedback = false;
  // With feedback: when the code asks TierHooks::OnHotMachineCode.
  profiler::FunctionFeedback::Countdown countdown = {};
};

// Compiles a validated function that the interpreter can run. The code is in `space` but not
// published. Errors: ResourceExhausted (no code memory, or the body is over kMaxBodyBytes),
// Unimplemented (an opcode that no tier executes). Thread-safe.
absl::StatusOr<const runtime::CompiledCode*> Compile(runtime::ModuleCode& code, uint32_t function,
                                                     runtime::CodeSpace& space, Stubs& stubs,
                                                     const Options& options);

// The code that Compile makes, as text: a line for each machine instruction, with its offset, and
// before them the wasm instruction that they are for, with its module offset. Addresses of the
// process are shown by name, so that the text is the same in every run.
absl::StatusOr<std::string> Disassemble(runtime::ModuleCode& code, uint32_t function,
                                        runtime::CodeSpace& space, Stubs& stubs,
                                        const Options& options);

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_BASELINE_H_

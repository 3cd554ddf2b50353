// Config: how an Engine works. A plain value; changing it later does not change engines made from
// it.
#ifndef WASMTIER_CONFIG_H_
#define WASMTIER_CONFIG_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace wasmtier {

// Which tiers run code. None changes what a program does, running out of stack or memory excepted.
enum class TierMode : uint8_t {
  kAuto,  // every tier that exists: functions start in the interpreter and are compiled when hot
  kInterpreter,  // no machine code is ever made
  kBaseline,     // every function is compiled at its first call
  kOptimizing,   // the same by the optimizing tier; what it refuses, by the baseline tier
  kStress,       // for tests: a coin decides at every call and loop iteration
};

// "auto", "interpreter", "baseline", "optimizing", "stress"
const char* ToString(TierMode mode);

// What Linux's perf is told of machine code.
enum class PerfSupport : uint8_t {
  kNone,
  kMap,      // names, in /tmp/perf-PID.map
  kJitDump,  // the code itself, too, in jit-PID.dump in the current directory
};

// How accesses outside of linear memory are caught.
enum class MemoryChecks : uint8_t {
  kAuto,  // a reservation of 6 GiB of address space for each memory, and hardware faults; explicit
          // where that fails
  kExplicit,  // a comparison before each access: less address space, no signal handlers needed for
              // memories, slower code
};

// What the relaxed vector instructions give, where the specification leaves a choice.
enum class RelaxedSimd : uint8_t {
  kDeterministic,  // the specification's deterministic profile: the same on every processor
  kFast,           // what this processor's own instructions give; the same in every tier
  // Not the bits of NaNs: those are a choice of all instructions for floats.
};

struct Config {
  TierMode tier = TierMode::kAuto;
  // Calls until a function is compiled (kAuto). A hundred loop iterations count as a call, and
  // large functions wait longer (docs/tiering.md). At least 1.
  uint32_t hotness_threshold = 10;
  // Calls until a function is optimized (kAuto), counted likewise in the baseline tier's code. At
  // least 1.
  uint32_t optimizing_threshold = 1000;
  // Threads that optimize. 0: none, a function is optimized by the thread that runs it, which waits
  // (for tests; kStress has the optimizing tier take part if this is 0). Default: processors - 1,
  // at least 1.
  std::optional<uint32_t> compile_threads = std::nullopt;
  // Optimized code keeps stores to memory in order with traps: after a trap, memory holds what was
  // stored before it and nothing that comes after. Otherwise that may differ, though only where the
  // program is in the same way wrong.
  bool precise_traps = false;
  RelaxedSimd relaxed_simd = RelaxedSimd::kDeterministic;
  // Functions that may leave the interpreter, by index or name: "12,40-60,main,parse_*,!13"; see
  // CheckTierFilter. Empty: all.
  std::string tier_filter = {};
  // What the coin of kStress begins with, in each thread.
  uint64_t stress_seed = 0;
  // The baseline tier's code counts calls, loops, branches and callees. Default: with kAuto, where
  // the optimizing tier is installed.
  std::optional<bool> record_feedback = std::nullopt;

  PerfSupport perf = PerfSupport::kNone;
  // A file for the timeline of what the tiers make, as Chrome trace JSON (docs/profiling.md): of
  // one engine. Empty: none.
  std::string trace_tiers = {};

  // Keeps what a Profiler must know of code: some 100 bytes for each function of each tier.
  bool profiling = false;

  // A file with what functions did in an earlier run (kAuto only; docs/profiling.md): what it says
  // is hot is compiled when a module is instantiated, in the background. It must be of each module
  // that the engine loads. Empty: none.
  std::string profile_in = {};
  // A file for that, of this run too: it is written by Engine::WriteProfile, or else when the
  // engine dies (kAuto only). May be the same file. Empty: none.
  std::string profile_out = {};

  MemoryChecks memory_checks = MemoryChecks::kAuto;

  // Bytes of wasm stack of each Store, from 64 KiB to 1 GiB; taken from the system only as far as
  // it is used. A call takes 8 bytes for each parameter, local and operand and 16 more. Default: 8
  // MiB, or 256 KiB with low_memory.
  std::optional<uint64_t> stack_bytes = std::nullopt;

  // Validates a function when it is first called instead of at loading; an invalid one is then a
  // trap (kInvalidFunction).
  bool lazy_validation = false;
  // Threads that validate modules of more than 1 MB of code, the calling one included; 0: as many
  // as there are processors.
  uint32_t validation_threads = 0;

  // For devices with little memory. Smaller stacks (256 KiB unless stack_bytes says otherwise),
  // which are freed with their Store instead of being kept for the next one; one validation thread;
  // pages of a module's file are given back after loading and after instantiation (and read again
  // when needed); free heap memory is given back after instantiation (malloc_trim). Slower to
  // start, as fast when running.
  bool low_memory = false;

  // Limits of modules, by name, where they shall differ from the defaults (those of the JS API);
  // see ModuleLimitList.
  std::vector<std::pair<std::string, uint64_t>> module_limits = {};
};

// Whether a text can be Config::tier_filter. Items are separated by commas: an index, a range of
// indices, a name in which * stands for any characters; ! before an item excludes. After a
// backslash any character is part of a name. InvalidArgument says what is wrong.
absl::Status CheckTierFilter(std::string_view filter);

struct ModuleLimit {
  const char* name;  // as in Config::module_limits: "functions", "locals" ...
  uint64_t default_value;
  const char* description;  // what is counted: "functions", "bytes in a function body"
};

// All limits that Config::module_limits can name.
std::span<const ModuleLimit> ModuleLimitList();

}  // namespace wasmtier

#endif  // WASMTIER_CONFIG_H_

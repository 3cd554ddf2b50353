// Config: how an Engine works. A plain value; changing it later does not change engines made from
// it.
#ifndef WASMTIER_CONFIG_H_
#define WASMTIER_CONFIG_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace wasmtier {

// Which tiers run code.
enum class TierMode : uint8_t {
  kAuto,  // every tier that exists, as the policy decides; today the interpreter
  kInterpreter,
  kBaseline,    // does not exist yet: Engine::Create refuses it
  kOptimizing,  // does not exist yet: Engine::Create refuses it
};

// "auto", "interpreter", "baseline", "optimizing"
const char* ToString(TierMode mode);

// How accesses outside of linear memory are caught.
enum class MemoryChecks : uint8_t {
  kAuto,  // a reservation of 6 GiB of address space for each memory, and hardware faults; explicit
          // where that fails
  kExplicit,  // a comparison before each access: less address space, no signal handlers needed for
              // memories, slower code
};

struct Config {
  TierMode tier = TierMode::kAuto;
  // Calls of a function, or iterations of its loops, until the tier policy is asked about it. At
  // least 1.
  uint32_t hotness_threshold = 1000;

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

struct ModuleLimit {
  const char* name;  // as in Config::module_limits: "functions", "locals" ...
  uint64_t default_value;
  const char* description;  // what is counted: "functions", "bytes in a function body"
};

// All limits that Config::module_limits can name.
std::span<const ModuleLimit> ModuleLimitList();

}  // namespace wasmtier

#endif  // WASMTIER_CONFIG_H_

// What figures were measured on, and with.
#ifndef WASMTIER_ENGINE_CLI_BENCH_MACHINE_H_
#define WASMTIER_ENGINE_CLI_BENCH_MACHINE_H_

#include <cstdint>
#include <string>

namespace wasmtier::cli {

struct Machine {
  std::string processor;      // as it calls itself; "unknown" where the system does not say
  uint32_t processors = 0;    // that this process may use
  uint64_t memory_bytes = 0;  // of the machine
  std::string system;         // "Linux 6.1.0"
  double load = 0;            // processes that wanted to run, mean of the last minute
  std::string engine;         // "0.1.0"
  std::string optimizer;      // path of the optimizing tier's module; empty: none
  std::string llvm;           // file name of the LLVM that this process has loaded; empty: none
  std::string time;           // "2026-11-28T17:00:00Z"
};

// LLVM is known once something was optimized in this process.
Machine DescribeMachine();

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_BENCH_MACHINE_H_

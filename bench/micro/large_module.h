// The module of more than 10 MB that bench/large_module.cmake makes.
#ifndef WASMTIER_BENCH_MICRO_LARGE_MODULE_H_
#define WASMTIER_BENCH_MICRO_LARGE_MODULE_H_

#include <benchmark/benchmark.h>

#include <cstdint>
#include <span>
#include <string>

namespace wasmtier::bench {

// Its path, or null, with the benchmark skipped, if it was not built (target `programs`).
const std::string* LargeModulePath(benchmark::State& state);
// Its bytes, kept in memory; call it after LargeModulePath found it.
std::span<const uint8_t> LargeModuleBytes();
// Counters MB/s and ms_per_MB for benchmarks that process the module once an iteration.
void ReportMegabytes(benchmark::State& state);

}  // namespace wasmtier::bench

#endif  // WASMTIER_BENCH_MICRO_LARGE_MODULE_H_

#include "bench/micro/large_module.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace wasmtier::bench {

const std::string* LargeModulePath(benchmark::State& state) {
  static const std::string path = WASMTIER_LARGE_MODULE;
  if (std::filesystem::exists(path)) return &path;
  // Neither an error nor timed: the module needs wasi-libc to be made.
  state.SetLabel("not measured: build the target `programs` first");
  for (auto _ : state) {
  }
  return nullptr;
}

std::span<const uint8_t> LargeModuleBytes() {
  static const auto* bytes = [] {
    std::ifstream file(WASMTIER_LARGE_MODULE, std::ios::binary);
    return new std::vector<char>(std::istreambuf_iterator<char>(file), {});
  }();
  return {reinterpret_cast<const uint8_t*>(bytes->data()), bytes->size()};
}

void ReportMegabytes(benchmark::State& state) {
  double megabytes = static_cast<double>(LargeModuleBytes().size()) / 1e6;
  double total = megabytes * static_cast<double>(state.iterations());
  state.counters["MB"] = megabytes;
  state.counters["MB/s"] = benchmark::Counter(total, benchmark::Counter::kIsRate);
  // Shown in SI: 900u is 0.9 ms for each MB.
  state.counters["s_per_MB"] =
      benchmark::Counter(total, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

}  // namespace wasmtier::bench

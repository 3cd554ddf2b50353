// Calls of exported functions by the host. The figure to reach is 50 ns for TypedCall.
#include "bench/micro/guest.h"

namespace wasmtier::bench {
namespace {

void TypedCall(benchmark::State& state, const Config& config) {
  Guest guest("calls", config);
  auto function = guest.Function<int32_t(int32_t, int32_t)>("empty");
  Check(Require(function(42, 7)) == 42, "the function returns its first argument");
  for (auto _ : state) benchmark::DoNotOptimize(function(42, 7));
}
BENCHMARK_IN_EACH_TIER(TypedCall, kNanosecond);

void TypedCallWithoutValues(benchmark::State& state, const Config& config) {
  Guest guest("calls", config);
  auto function = guest.Function<void()>("void");
  Check(function());
  for (auto _ : state) benchmark::DoNotOptimize(function());
}
BENCHMARK_IN_EACH_TIER(TypedCallWithoutValues, kNanosecond);

void DynamicCall(benchmark::State& state, const Config& config) {
  Guest guest("calls", config);
  Func function = Require(guest.instance().GetFunc("empty"));
  const Value args[] = {int32_t{42}, int32_t{7}};
  Value results[1];
  Check(function.Call(args, results));
  Check(results[0].i32() == 42, "the function returns its first argument");
  for (auto _ : state) benchmark::DoNotOptimize(function.Call(args, results));
}
BENCHMARK_IN_EACH_TIER(DynamicCall, kNanosecond);

}  // namespace
}  // namespace wasmtier::bench

// Translation to bytecode: a module of many copies of one function, each called once.
#include <span>
#include <vector>

#include "bench/micro/guest.h"

namespace wasmtier::bench {
namespace {

constexpr uint32_t kCopies = 2000;

void AppendLeb(std::vector<uint8_t>& bytes, uint32_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<uint8_t>(value | 0x80));
  bytes.push_back(static_cast<uint8_t>(value));
}

void AppendSection(std::vector<uint8_t>& bytes, uint8_t id, const std::vector<uint8_t>& contents) {
  bytes.push_back(id);
  AppendLeb(bytes, static_cast<uint32_t>(contents.size()));
  bytes.insert(bytes.end(), contents.begin(), contents.end());
}

// Functions 0 ... kCopies - 1 have `body`, of type (i32) -> i32; "run" calls all of them.
std::vector<uint8_t> Repeated(std::span<const uint8_t> body) {
  std::vector<uint8_t> functions, code, run = {0};  // no locals
  AppendLeb(functions, kCopies + 1);
  AppendLeb(code, kCopies + 1);
  for (uint32_t i = 0; i < kCopies; ++i) {
    functions.push_back(0);
    AppendLeb(code, static_cast<uint32_t>(body.size()));
    code.insert(code.end(), body.begin(), body.end());
    run.insert(run.end(), {0x41, 0, 0x10});  // i32.const 0, call i, drop
    AppendLeb(run, i);
    run.push_back(0x1a);
  }
  functions.push_back(1);
  run.push_back(0x0b);
  AppendLeb(code, static_cast<uint32_t>(run.size()));
  code.insert(code.end(), run.begin(), run.end());

  std::vector<uint8_t> bytes = {0, 'a', 's', 'm', 1, 0, 0, 0};
  AppendSection(bytes, 1, {2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 0, 0});
  AppendSection(bytes, 3, functions);
  AppendSection(bytes, 5, {1, 0, 1});
  std::vector<uint8_t> exports = {1, 3, 'r', 'u', 'n', 0};
  AppendLeb(exports, kCopies);
  AppendSection(bytes, 7, exports);
  AppendSection(bytes, 10, code);
  return bytes;
}

std::span<const uint8_t> BodyOf(const Module& module, uint32_t function) {
  FunctionInfo info = module.function(function);
  return module.bytes().subspan(info.body_offset, info.body_bytes);
}

// The engine measures translation itself; here everything else is not counted.
void Translate(benchmark::State& state) {
  Guest guest("body");
  std::span<const uint8_t> body = BodyOf(guest.module(), 0);
  std::vector<uint8_t> bytes = Repeated(body);
  CodeStatistics last{};
  for (auto _ : state) {
    Module module = Require(Module::FromBytes(guest.engine(), bytes));
    Store store = Require(Store::Create(guest.engine()));
    Instance instance = Require(Linker().Instantiate(store, module));
    CodeStatistics before = guest.engine().statistics(Tier::kInterpreter);
    Check(Require(instance.GetTypedFunc<void()>("run"))());
    last = guest.engine().statistics(Tier::kInterpreter);
    last.functions -= before.functions;
    last.bytes -= before.bytes;
    last.nanoseconds -= before.nanoseconds;
    state.SetIterationTime(static_cast<double>(last.nanoseconds) * 1e-9);
    Check(last.functions == kCopies + 1, "every function is translated once");
  }
  double code_bytes = static_cast<double>(body.size()) * kCopies;
  state.counters["MB/s"] = benchmark::Counter(
      code_bytes * 1e-6 * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["bytecode_per_byte"] = static_cast<double>(last.bytes) / code_bytes;
}
BENCHMARK(Translate)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace wasmtier::bench

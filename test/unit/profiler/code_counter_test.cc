#include "profiler/code_counter.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace wasmtier::profiler {
namespace {

using runtime::CodeEvent;
using runtime::Tier;

TEST(CodeCounterTest, CountsEachTier) {
  CodeCounter counter;
  CodeEvent event{};
  event.tier = Tier::kInterpreter;
  event.size = 100;
  event.nanoseconds = 7;
  counter.OnCode(event);
  counter.OnCode(event);
  event.tier = Tier::kOptimizing;
  event.size = 1;
  counter.OnCode(event);
  const CodeCounts interpreter = counter.counts(Tier::kInterpreter);
  EXPECT_EQ(interpreter.functions, 2u);
  EXPECT_EQ(interpreter.bytes, 200u);
  EXPECT_EQ(interpreter.nanoseconds, 14u);
  EXPECT_EQ(interpreter.wasm_bytes, 0u) << "of no module";
  EXPECT_EQ(counter.counts(Tier::kBaseline).functions, 0u);
  EXPECT_EQ(counter.counts(Tier::kOptimizing).bytes, 1u);
}

TEST(CodeCounterTest, LosesNothingWithThreads) {
  CodeCounter counter;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&counter] {
      CodeEvent event{};
      event.size = 2;
      for (int event_number = 0; event_number < 1000; ++event_number) counter.OnCode(event);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.counts(Tier::kInterpreter).functions, 4000u);
  EXPECT_EQ(counter.counts(Tier::kInterpreter).bytes, 8000u);
}

}  // namespace
}  // namespace wasmtier::profiler

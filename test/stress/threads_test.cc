// Threads with stores of their own share a module whose functions all get warm at once.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "test/stress/program.h"
#include "test/support/world.h"

namespace wasmtier::test {
namespace {

class Stress : public EveryTier {
 protected:
  static void DefineAdd(World& world) {
    world.Host("env", "add", "ii:i", [](std::vector<Number>* values) {
      *values = {I32(static_cast<int64_t>((*values)[0].bits + (*values)[1].bits))};
      return absl::OkStatus();
    });
  }
  // Starts all threads at the same time.
  static void OnThreads(int count, const std::function<void(int)>& body) {
    std::atomic<int> waiting = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) {
      threads.emplace_back([&, i] {
        ++waiting;
        while (waiting < count) std::this_thread::yield();
        body(i);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
};
INSTANTIATE_TEST_SUITE_P(Every, Stress, testing::ValuesIn(ModesAndBackground()),
                         [](const auto& info) { return info.param.name; });

constexpr int kThreads = 8;

TEST_P(Stress, ThreadsGetWarmInOneModule) {
  World first(GetParam());
  DefineAdd(first);
  ASSERT_THAT(first.Instantiate("m", ProgramText(0)), Returns());
  OnThreads(kThreads, [&first](int) {
    std::unique_ptr<World> world = first.Another();
    DefineAdd(*world);
    ASSERT_THAT(world->InstantiateAgain("m"), Returns());
    for (int round = 0; round < 30; ++round) {
      EXPECT_THAT(world->Call("run", {I32(1000 + round)}), Returns(RunResult(1000 + round)));
      const Outcome trap = world->Call("trap", {I32(round % 3), I32(5)});
      EXPECT_THAT(trap, Traps(round % 3 == 0   ? "out of bounds memory access"
                              : round % 3 == 1 ? "unreachable"
                                               : "integer divide by zero"));
      EXPECT_EQ(trap.frames.size(), 6u);
      if (round % 10 == 9) {
        EXPECT_THAT(world->Call("exhaust"), Traps("call stack exhausted"));
      }
    }
  });
}

TEST_P(Stress, ThreadsLeaveTheSameLoopsAtOnce) {
  World first(GetParam());
  DefineAdd(first);
  ASSERT_THAT(first.Instantiate("m", ProgramText(1)), Returns());
  OnThreads(kThreads, [&first](int thread) {
    std::unique_ptr<World> world = first.Another();
    DefineAdd(*world);
    ASSERT_THAT(world->InstantiateAgain("m"), Returns());
    const int turns = 20000 + thread;
    EXPECT_THAT(world->Call("run", {I32(turns)}), Returns(RunResult(turns)));
  });
}

TEST_P(Stress, ModulesComeAndGoOnEveryThread) {
  // One engine: code of some modules is freed while that of others is made and run.
  World first(GetParam());
  DefineAdd(first);
  ASSERT_THAT(first.Instantiate("m", ProgramText(2)), Returns());
  OnThreads(4, [&first](int thread) {
    for (int round = 0; round < 8; ++round) {
      std::unique_ptr<World> world = first.Another();
      DefineAdd(*world);
      ASSERT_THAT(world->Instantiate("own", ProgramText(100 * thread + round)), Returns());
      for (int i = 0; i < 5; ++i) {
        EXPECT_THAT(world->Call("run", {I32(500)}), Returns(RunResult(500)));
      }
      EXPECT_THAT(world->Call("trap", {I32(0), I32(3)}), Traps("out of bounds memory access"));
    }
  });
  EXPECT_THAT(first.Call("run", {I32(10)}), Returns(RunResult(10)));
}

}  // namespace
}  // namespace wasmtier::test

// Threads that each have a store share a module, its lazily made bytecode and its counters.
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "test/support/wat.h"
#include "test/support/world.h"

namespace wasmtier::test {
namespace {

class Threads : public EveryTier {};
IN_EVERY_TIER(Threads);

constexpr int kThreads = 4;

TEST_P(Threads, TranslateTheSameFunctionsAtTheSameTime) {
  // Many functions, each called for the first time by all threads at once.
  std::string text = "(module (memory 1) (func $f0 (param i32) (result i32) (local.get 0)) ";
  for (int i = 1; i < 500; ++i) {
    text += "(func $f" + std::to_string(i) + " (param i32) (result i32) (i32.add (call $f" +
            std::to_string(i - 1) + " (local.get 0)) (i32.const 1)))";
  }
  text += R"((func (export "f") (param i32) (result i32) (call $f499 (local.get 0)))
    (func (export "trap") (param i32) (result i32) (i32.load offset=65536 (local.get 0)))
    (func (export "loop") (param i32) (result i32)
      (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 0))))";
  std::vector<uint8_t> bytes = CompileWat(text);
  World first(GetParam());
  ASSERT_THAT(first.InstantiateBytes("m", bytes), Returns());
  std::atomic<int> waiting = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&first, &waiting] {
      std::unique_ptr<World> world = first.Another();
      ++waiting;
      while (waiting < kThreads) std::this_thread::yield();
      EXPECT_THAT(world->InstantiateAgain("m"), Returns());
      for (int round = 0; round < 50; ++round) {
        EXPECT_THAT(world->Call("f", {I32(round)}), Returns(I32(round + 499)));
        EXPECT_THAT(world->Call("trap", {I32(round)}), Traps("out of bounds memory access"));
        EXPECT_THAT(world->Call("loop", {I32(10000)}), Returns(I32(0)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_P(Threads, ExhaustAndTrapIndependently) {
  World first(GetParam());
  ASSERT_THAT(first.Instantiate("m", R"((module
    (func $f (export "f") (result i32) (i32.add (i32.const 1) (call $f)))
    (func (export "divide") (param i32) (result i32) (i32.div_u (i32.const 100) (local.get 0)))))"),
              Returns());
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&first] {
      std::unique_ptr<World> world = first.Another();
      EXPECT_THAT(world->InstantiateAgain("m"), Returns());
      for (int round = 0; round < 20; ++round) {
        EXPECT_THAT(world->Call("f"), Traps("call stack exhausted"));
        EXPECT_THAT(world->Call("divide", {I32(0)}), Traps("integer divide by zero"));
        EXPECT_THAT(world->Call("divide", {I32(7)}), Returns(I32(14)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_P(Threads, StoresMayMoveBetweenThreads) {
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("m", R"((module (memory 1) (global $g (mut i32) (i32.const 0))
    (func (export "next") (result i32)
      (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g))
    (func (export "trap") (i32.store (i32.const -1) (i32.const 0)))))"),
              Returns());
  for (int i = 1; i <= 5; ++i) {
    std::thread([&] {
      EXPECT_THAT(world.Call("next"), Returns(I32(i)));
      EXPECT_THAT(world.Call("trap"), Traps("out of bounds memory access"));
    }).join();
  }
}

}  // namespace
}  // namespace wasmtier::test

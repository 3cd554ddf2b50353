// After fork, parent and child both go on: with code that is there, with the interpreter, and with
// functions that were never called before.
#include <sys/wait.h>
#include <unistd.h>

#include <memory>

#include "test/stress/program.h"
#include "test/support/world.h"

namespace wasmtier::test {
namespace {

class Fork : public EveryTier {
 protected:
  Fork() : world_(GetParam()) {
    world_.Host("env", "add", "ii:i", [](std::vector<Number>* values) {
      *values = {I32(static_cast<int64_t>((*values)[0].bits + (*values)[1].bits))};
      return absl::OkStatus();
    });
  }
  // Whether the child's body returned true.
  static bool InChild(const std::function<bool()>& body) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      _exit(body() ? 0 : 1);
    }
    int status = -1;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  static bool Works(World& world) {
    bool works = true;
    const auto expect = [&works](bool condition) { works = works && condition; };
    for (int round = 0; round < 20; ++round) {
      const Outcome run = world.Call("run", {I32(700 + round)});
      expect(run.results == std::vector<Number>{RunResult(700 + round)});
      expect(world.Call("trap", {I32(round % 3), I32(4)}).frames.size() == 5);
    }
    expect(world.Call("exhaust").message.starts_with("call stack exhausted"));
    return works;
  }

  World world_;
};
INSTANTIATE_TEST_SUITE_P(Every, Fork, testing::ValuesIn(ModesAndBackground()),
                         [](const auto& info) { return info.param.name; });

TEST_P(Fork, BeforeAnythingRan) {
  ASSERT_THAT(world_.Instantiate("m", ProgramText(0)), Returns());
  EXPECT_TRUE(InChild([this] { return Works(world_); }));
  EXPECT_TRUE(Works(world_));
}

TEST_P(Fork, WhenCodeIsWarm) {
  ASSERT_THAT(world_.Instantiate("m", ProgramText(0)), Returns());
  ASSERT_TRUE(Works(world_));
  EXPECT_TRUE(InChild([this] { return Works(world_); }));
  EXPECT_TRUE(Works(world_));
}

TEST_P(Fork, OtherModulesComeAndGoOnBothSides) {
  ASSERT_THAT(world_.Instantiate("m", ProgramText(0)), Returns());
  ASSERT_TRUE(Works(world_));
  ASSERT_THAT(world_.Instantiate("n", ProgramText(1)), Returns());
  ASSERT_TRUE(Works(world_));
  const auto others = [this](int salt) {
    // Of the same engine; each is dropped with its code.
    for (int i = 0; i < 3; ++i) {
      std::unique_ptr<World> other = world_.Another();
      other->Host("env", "add", "ii:i", [](std::vector<Number>* values) {
        *values = {I32(static_cast<int64_t>((*values)[0].bits + (*values)[1].bits))};
        return absl::OkStatus();
      });
      if (other->Instantiate("o", ProgramText(salt + i)).kind != Outcome::Kind::kReturned)
        return false;
      if (!Works(*other)) return false;
    }
    return Works(world_);
  };
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    _exit(others(100) ? 0 : 1);
  }
  EXPECT_TRUE(others(200));  // at the same time
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_TRUE(others(300));
}

TEST_P(Fork, WithinAHostFunction) {
  World world(GetParam());
  int forked = -1;
  world.Host("env", "fork", "i:i", [&forked](std::vector<Number>* values) {
    if ((*values)[0].bits == 500) forked = fork();
    return absl::OkStatus();
  });
  ASSERT_THAT(world.Instantiate("m", R"((module
    (import "env" "fork" (func $fork (param i32) (result i32)))
    (func (export "f") (param $n i32) (result i32) (local $s i32)
      (loop (local.set $s (i32.add (local.get $s) (call $fork (local.get $n))))
        (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $s))
    (func (export "again") (result f64) (f64.const 2.5))))"),
              Returns());
  const Outcome outcome = world.Call("f", {I32(1000)});
  const bool works = outcome.results == std::vector<Number>{I32(500500)} &&
                     world.Call("again").results == std::vector<Number>{F64(2.5)};
  if (forked == 0) _exit(works ? 0 : 1);
  EXPECT_TRUE(works);
  int status = -1;
  EXPECT_EQ(waitpid(forked, &status, 0), forked);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace wasmtier::test

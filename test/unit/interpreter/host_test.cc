// Host functions: errors, exceptions, and calls back into wasm.
#include <stdexcept>

#include "test/support/world.h"
#include "wasmtier/wasmtier.h"

namespace wasmtier::test {
namespace {

class HostCall : public EveryTier {
 protected:
  World world_{GetParam()};
};
IN_EVERY_TIER(HostCall);

constexpr char kCallsHost[] = R"((module
  (import "env" "f" (func $host (param i32) (result i32)))
  (func $calls (export "calls") (param i32) (result i32)
    (i32.add (call $host (local.get 0)) (i32.const 1)))
  (func $trap (export "trap") (param i32) (result i32)
    (if (local.get 0) (then (unreachable))) (i32.const 50))))";

TEST_P(HostCall, ErrorBecomesATrapThatCarriesIt) {
  world_.Host("env", "f", "i:i", [](auto*) { return absl::PermissionDeniedError("not for you"); });
  ASSERT_THAT(world_.Instantiate("m", kCallsHost), Returns());
  Outcome outcome = world_.Call("calls", {I32(1)});
  EXPECT_THAT(outcome, Traps("host function failed"));
  EXPECT_THAT(outcome.message, testing::HasSubstr("not for you"));
  ASSERT_GE(outcome.frames.size(), 1u);
  EXPECT_EQ(outcome.frames.back().name, "calls");
}

TEST_P(HostCall, ExceptionsStopAtTheBoundary) {
  world_.Host("env", "f", "i:i", [](std::vector<Number>* values) -> absl::Status {
    if ((*values)[0].bits == 1) throw std::runtime_error("thrown");
    if ((*values)[0].bits == 2) throw 5;
    return absl::OkStatus();
  });
  ASSERT_THAT(world_.Instantiate("m", kCallsHost), Returns());
  Outcome outcome = world_.Call("calls", {I32(1)});
  EXPECT_THAT(outcome, Traps("host function failed"));
  EXPECT_THAT(outcome.message, testing::HasSubstr("thrown"));
  EXPECT_THAT(world_.Call("calls", {I32(2)}), Traps("host function failed"));
  EXPECT_THAT(world_.Call("calls", {I32(3)}), Returns(I32(4)));
}

TEST_P(HostCall, CallsBackIntoWasmToAnyDepth) {
  world_.Host("env", "f", "i:i", [this](std::vector<Number>* values) -> absl::Status {
    int64_t n = static_cast<int32_t>((*values)[0].bits);
    if (n == 0) return absl::OkStatus();
    Outcome outcome = world_.Call("calls", {I32(n - 1)});
    *values = outcome.results;
    return outcome.kind == Outcome::Kind::kReturned ? absl::OkStatus()
                                                    : absl::InternalError(outcome.message);
  });
  ASSERT_THAT(world_.Instantiate("m", kCallsHost), Returns());
  EXPECT_THAT(world_.Call("calls", {I32(0)}), Returns(I32(1)));
  EXPECT_THAT(world_.Call("calls", {I32(40)}), Returns(I32(41)));
}

TEST_P(HostCall, MaySwallowATrapOfTheWasmThatItCalls) {
  int traps = 0;
  world_.Host("env", "f", "i:i", [&](std::vector<Number>* values) -> absl::Status {
    Outcome outcome = world_.Call("trap", {(*values)[0]});
    if (outcome.kind == Outcome::Kind::kTrapped) {
      ++traps;
      *values = {I32(-1)};
    } else {
      *values = outcome.results;
    }
    return absl::OkStatus();
  });
  ASSERT_THAT(world_.Instantiate("m", kCallsHost), Returns());
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(world_.Call("calls", {I32(1)}), Returns(I32(0)));
    EXPECT_THAT(world_.Call("calls", {I32(0)}), Returns(I32(51)));
  }
  EXPECT_EQ(traps, 100);
}

TEST_P(HostCall, KeepsTheOperandsOfItsCaller) {
  world_.Host("env", "f", "i:i", [this](std::vector<Number>* values) {
    EXPECT_THAT(world_.Call("deep", {(*values)[0]}), Returns(I32(5050)));
    *values = {I32(7)};
    return absl::OkStatus();
  });
  ASSERT_THAT(world_.Instantiate("m", R"((module
    (import "env" "f" (func $host (param i32) (result i32)))
    (func $deep (export "deep") (param i32) (result i32) (local i64 i64 i64)
      (local.set 1 (i64.const -1)) (local.set 2 (i64.const -1))
      (if (result i32) (local.get 0)
        (then (i32.add (local.get 0) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
        (else (i32.const 0))))
    (func (export "f") (param i32 i64) (result i64) (local i64)
      (local.set 2 (i64.const 1000))
      (local.get 1) (i64.const 10)
      (i64.extend_i32_u (call $host (local.get 0)))
      (i64.add) (i64.add) (local.get 2) (i64.add))))"),
              Returns());
  EXPECT_THAT(world_.Call("f", {I32(100), I64(100)}), Returns(I64(1117)));
}

TEST_P(HostCall, StartFunctionMayCallTheHost) {
  int calls = 0;
  world_.Host("env", "f", ":", [&](auto*) {
    ++calls;
    return absl::OkStatus();
  });
  ASSERT_THAT(world_.Instantiate("m", R"((module (import "env" "f" (func $f)) (start $s)
    (func $s (call $f) (call $f))))"),
              Returns());
  EXPECT_EQ(calls, 2);
}

TEST_P(HostCall, ExitEndsTheProgramWithoutATrap) {
  absl::StatusOr<Engine> engine = Engine::Create(GetParam().config);
  ASSERT_TRUE(engine.ok());
  absl::StatusOr<Store> store = Store::Create(*engine);
  ASSERT_TRUE(store.ok());
  Func exit = Func::Wrap(*store, [](int32_t code) { return ExitStatus(code); });
  absl::Status status = exit.Call({Value(int32_t{-3})}).status();
  EXPECT_EQ(ExitCode(status), -3);
  EXPECT_FALSE(Trap::FromStatus(status).has_value());
}

TEST_P(HostCall, UnknownImportsAreNamed) {
  EXPECT_THAT(world_.Instantiate("m", R"((module (import "env" "missing" (func (param i32)))))"),
              IsRefused("env.missing"));
  world_.Host("env", "f", "i:i", [](auto*) { return absl::OkStatus(); });
  EXPECT_THAT(world_.Instantiate("m", R"((module (import "env" "f" (func (param i64)))))"),
              IsRefused("incompatible import type"));
}

}  // namespace
}  // namespace wasmtier::test

// The module of the optimizing tier as the engine loads it, and its code among that of the other
// tiers: through entry slots, on the wasm stack, with traps and backtraces.
#include <stdlib.h>

#include <atomic>
#include <fstream>

#include "runtime/code_listener.h"
#include "test/unit/baseline/tier_fixture.h"
#include "tiers/optimizing/code_host.h"
#include "tiers/optimizing/loader.h"

namespace wasmtier::test {
namespace {

using optimizing::CodeHost;
using optimizing::LoadOptimizer;
using optimizing::Optimizer;
using optimizing::Report;
using optimizing::Request;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class OptimizingTierTest : public TierTest {
 protected:
  OptimizingTierTest() : host_(*space_) {
    auto optimizer = LoadOptimizer(&host_);
    EXPECT_TRUE(optimizer.ok()) << optimizer.status();
    if (optimizer.ok()) optimizer_ = *std::move(optimizer);
  }

  // Compiles the function, with the others to inline, and makes it what calls reach.
  const runtime::CompiledCode* Optimize(runtime::Instance& instance, std::string_view name,
                                        std::vector<uint32_t> inline_candidates = {}) {
    Request request;
    request.code = &instance.code();
    request.function = Function(instance, name)->index;
    request.inline_candidates = std::move(inline_candidates);
    const auto code = optimizer_->Compile(request, &report_);
    EXPECT_TRUE(code.ok()) << code.status();
    if (!code.ok()) return nullptr;
    TierTest::Publish(instance, request.function, *code);
    return *code;
  }

  CodeHost host_;
  std::unique_ptr<Optimizer> optimizer_;
  Report report_;
};

TEST_F(OptimizingTierTest, SaysWhatItIs) {
  EXPECT_THAT(optimizer_->Description(), HasSubstr("LLVM "));
}

TEST_F(OptimizingTierTest, RunsThroughTheEntry) {
  runtime::Instance& instance = Instantiate(R"((module
    (func (export "add") (param i32 i64 f64) (result f64)
      (f64.add (f64.convert_i64_s (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)))
               (local.get 2)))))");
  const runtime::CompiledCode* const code = Optimize(instance, "add");
  ASSERT_NE(code, nullptr);
  EXPECT_EQ(code->tier, runtime::Tier::kOptimizing);
  const uint64_t half = std::bit_cast<uint64_t>(0.5);
  EXPECT_THAT(Call(instance, "add", {uint32_t(-3), 10, half}),
              ElementsAre(std::bit_cast<uint64_t>(7.5)));
  EXPECT_GT(report_.wasm_bytes, 0u);
  EXPECT_GT(report_.code_bytes, 0u);
  EXPECT_GT(report_.nanoseconds(), 0u);
}

// f -> g in the interpreter -> h optimized -> trap.
TEST_F(OptimizingTierTest, CallsTheInterpreterAndBack) {
  runtime::Instance& instance = Instantiate(R"((module
    (func $h (export "h") (param i32) (result i32) (i32.div_u (i32.const 100) (local.get 0)))
    (func $g (export "g") (param i32) (result i32)
      (i32.add (call $h (local.get 0)) (i32.const 1)))
    (func $f (export "f") (param i32) (result i32)
      (i32.mul (call $g (local.get 0)) (i32.const 2)))))");
  Optimize(instance, "f");
  Optimize(instance, "h");
  EXPECT_THAT(Call(instance, "f", {10}), ElementsAre(22));
  const std::string trap = CallToTrap(instance, "f", {0});
  EXPECT_THAT(trap, HasSubstr("integer divide by zero"));
  EXPECT_LT(trap.find("<h>"), trap.find("<g>")) << trap;
  EXPECT_LT(trap.find("<g>"), trap.find("<f>")) << trap;
}

// Backtraces are those of the interpreter, whatever was inlined.
TEST_F(OptimizingTierTest, BacktracesGoThroughInlinedFrames) {
  constexpr char kText[] = R"((module
    (memory 1)
    (func $load (param i32) (result i32) (i32.load (local.get 0)))
    (func $twice (param i32) (result i32)
      (i32.add (call $load (local.get 0)) (call $load (i32.add (local.get 0) (i32.const 65532)))))
    (func $f (export "f") (param i32) (result i32)
      (i32.mul (call $twice (local.get 0)) (i32.const 2)))))";
  runtime::Instance& interpreted = Instantiate(kText);
  runtime::Instance& instance = Instantiate(kText);
  ASSERT_NE(Optimize(instance, "f", {0, 1}), nullptr);
  EXPECT_THAT(Call(instance, "f", {0}), ElementsAre(0));
  const std::string expected = CallToTrap(interpreted, "f", {8});
  EXPECT_EQ(CallToTrap(instance, "f", {8}), expected);
  EXPECT_THAT(expected, HasSubstr("<twice>"));
  EXPECT_EQ(CallToTrap(instance, "f", {0xfffffff0}), CallToTrap(interpreted, "f", {0xfffffff0}));
}

TEST_F(OptimizingTierTest, RunawayRecursionExhaustsTheStack) {
  runtime::Instance& instance = Instantiate(R"((module
    (func $f (export "f") (param i32) (result i32)
      (i32.add (call $f (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))))");
  Optimize(instance, "f", {0});
  EXPECT_THAT(CallToTrap(instance, "f", {0}), HasSubstr("call stack exhausted"));
  EXPECT_THAT(CallToTrap(instance, "f", {0}), HasSubstr("call stack exhausted"));
}

// A tail call that was inlined into a function with a call is a call.
TEST_F(OptimizingTierTest, RunawayRecursionThroughAnInlinedTailCallExhaustsTheStack) {
  for (auto pipeline : {optimizing::Pipeline::kQuick, optimizing::Pipeline::kFull}) {
    runtime::Instance& instance = Instantiate(R"((module
      (func $f (export "f") (param i32) (result i32) (call $g (local.get 0)))
      (func $g (param i32) (result i32) (return_call $f (i32.add (local.get 0) (i32.const 1))))))");
    Request request;
    request.code = &instance.code();
    request.function = 0;
    request.inline_candidates = {1};
    request.options.pipeline = pipeline;
    const auto compiled = optimizer_->Compile(request, nullptr);
    ASSERT_TRUE(compiled.ok()) << compiled.status();
    TierTest::Publish(instance, 0, *compiled);
    EXPECT_THAT(CallToTrap(instance, "f", {0}), HasSubstr("call stack exhausted"));
  }
}

TEST_F(OptimizingTierTest, StackChecksEndARunawayRecursion) {
  runtime::Instance& instance = Instantiate(R"((module
    (func $f (export "f") (param i32) (result i32)
      (i32.add (call $f (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))))");
  Request request;
  request.code = &instance.code();
  request.function = 0;
  request.inline_candidates = {0};
  const auto without = optimizer_->Dump(request, optimizing::DumpKind::kAssembly);
  request.options.stack_checks = true;
  const auto text = optimizer_->Dump(request, optimizing::DumpKind::kAssembly);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_THAT(*text, HasSubstr("wasmtier_trap_with_context"));
  EXPECT_THAT(*without, Not(HasSubstr("wasmtier_trap_with_context")));
  const auto compiled = optimizer_->Compile(request, nullptr);
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  TierTest::Publish(instance, 0, *compiled);
  EXPECT_THAT(CallToTrap(instance, "f", {0}), HasSubstr("call stack exhausted"));
}

// Functions that use nothing of their context themselves, which LLVM would take from them.
TEST_F(OptimizingTierTest, StackChecksOfFunctionsThatOnlyCallEachOther) {
  for (auto pipeline : {optimizing::Pipeline::kQuick, optimizing::Pipeline::kFull}) {
    runtime::Instance& instance = Instantiate(R"((module
      (func $f (export "f") (result i32) (i32.add (call $g) (i32.const 1)))
      (func $g (result i32) (i32.mul (call $h) (i32.const 3)))
      (func $h (result i32) (i32.add (call $f) (call $g)))))");
    Request request;
    request.code = &instance.code();
    request.inline_candidates = {1, 2};
    request.options.stack_checks = true;
    request.options.pipeline = pipeline;
    const auto compiled = optimizer_->Compile(request, nullptr);
    ASSERT_TRUE(compiled.ok()) << compiled.status();
    TierTest::Publish(instance, 0, *compiled);
    EXPECT_THAT(CallToTrap(instance, "f", {}), HasSubstr("call stack exhausted"));
  }
}

// More values than registers, which live across a call. They are apart in memory: four together
// would be one vector where the processor has no AVX-512 (pipelines.cc), and the frame small.
std::string LargeFrame(int values) {
  std::string text = R"((module (memory 2) (func $g (export "g"))
    (func $f (export "f") (param i32) (result i32) (local )";
  for (int i = 0; i < values; ++i) text += "i64 ";
  text += ")";
  for (int i = 1; i <= values; ++i) {
    text += "(local.set " + std::to_string(i) + " (i64.load offset=" + std::to_string(40 * i) +
            " (local.get 0)))";
  }
  text += "(call $g) (i64.const 0)";
  for (int i = 1; i <= values; ++i) text += "(i64.xor (local.get " + std::to_string(i) + "))";
  return text + "(i32.wrap_i64)))";
}

TEST_F(OptimizingTierTest, FramesThatAreTooLargeForTheChecksAreRefused) {
  for (const auto& [values, has_checks, works] :
       {std::tuple{1000, true, true}, {3000, true, false}, {3000, false, true}}) {
    runtime::Instance& instance = Instantiate(LargeFrame(values));
    Request request;
    request.code = &instance.code();
    request.function = 1;
    request.options.stack_checks = has_checks;
    const auto compiled = optimizer_->Compile(request, nullptr);
    ASSERT_EQ(compiled.ok(), works) << compiled.status();
    if (!works) {
      EXPECT_THAT(compiled.status().message(), HasSubstr("is too large without signals"));
      continue;
    }
    TierTest::Publish(instance, 1, *compiled);
    EXPECT_THAT(Call(instance, "f", {0}), ElementsAre(0));
  }
}

std::string Repeat(int count, const std::string& text) {
  std::string repeated;
  for (int i = 0; i < count; ++i) repeated += text;
  return repeated;
}

TEST_F(OptimizingTierTest, ShapesThatTakeLlvmTooLongAreRefusedWithAReason) {
  const auto loops = [](int depth) { return Repeat(depth, "(loop ") + Repeat(depth, ")"); };
  const auto blocks = [](int depth) {
    return Repeat(depth, "(block ") + "(br_if 7 (local.get 0))" + Repeat(depth, ")");
  };
  const auto operands = [](int count) {
    return Repeat(count, "(local.get 0)") + Repeat(count, "(drop)");
  };
  const struct {
    std::string body;
    const char* reason;  // null: it is compiled
  } cases[] = {
      {loops(100), nullptr},
      {loops(101), "has 101 nested loops"},
      {blocks(900), nullptr},
      {blocks(1001), "nested blocks"},
      {operands(2000), nullptr},
      {operands(2001), "has 2001 operands at a time"},
      {"(local " + Repeat(3000, "i32 ") + ")", nullptr},
      {"(local " + Repeat(4000, "i32 ") + ")", "has 4001 locals"},
      {"(local " + Repeat(3900, "i32 ") + ")" + Repeat(5000, "(block (br_if 0 (local.get 0)))"),
       "values of locals and operands at jumps"},
      {Repeat(1900, "(local.get 0)") + Repeat(9000, "(br_if 0 (local.get 0))") +
           Repeat(1900, "(drop)"),
       "values of locals and operands at jumps"},
  };
  for (const auto& c : cases) {
    runtime::Instance& instance =
        Instantiate("(module (func (export \"f\") (param i32) " + c.body +
                    ") (func $caller (export \"caller\") (param i32) (call 0 (local.get 0))))");
    Request request;
    request.code = &instance.code();
    const auto compiled = optimizer_->Compile(request, nullptr);
    if (c.reason == nullptr) {
      EXPECT_TRUE(compiled.ok()) << compiled.status();
    } else {
      EXPECT_THAT(compiled.status().message(), HasSubstr(c.reason));
    }
    // It is not inlined either, which its callers do not suffer from.
    request.function = 1;
    request.inline_candidates = {0};
    EXPECT_TRUE(optimizer_->Compile(request, nullptr).ok());
  }
}

TEST_F(OptimizingTierTest, CallsThatPassTooManyValuesAreRefused) {
  for (int count : {200, 201}) {
    const std::string types = Repeat(count, "i32 ");
    runtime::Instance& instance = Instantiate(
        "(module (type $t (func (param " + types + "))) (table 1 funcref)" +
        "(func (type $t)) (func " + Repeat(count, "(i32.const 1)") + "(call 0)) (func " +
        Repeat(count, "(i32.const 1)") + "(call_indirect (type $t) (i32.const 0))))");
    for (uint32_t function : {0u, 1u, 2u}) {
      Request request;
      request.code = &instance.code();
      request.function = function;
      const auto compiled = optimizer_->Compile(request, nullptr);
      if (count == 200) {
        EXPECT_TRUE(compiled.ok()) << compiled.status();
      } else {
        EXPECT_THAT(compiled.status().message(), HasSubstr("has 201 parameters or results"));
      }
    }
  }
}

TEST_F(OptimizingTierTest, CallsTheRuntime) {
  runtime::Instance& instance = Instantiate(R"((module
    (memory 1 3)
    (func (export "grow") (param i32) (result i32)
      (drop (memory.grow (local.get 0)))
      (memory.fill (i32.const 65530) (i32.const 7) (i32.const 10))
      (i32.add (memory.size) (i32.load8_u (i32.const 65536))))))");
  Optimize(instance, "grow");
  EXPECT_THAT(CallToTrap(instance, "grow", {0}), HasSubstr("out of bounds memory access"));
  EXPECT_THAT(Call(instance, "grow", {1}), ElementsAre(9));
}

TEST_F(OptimizingTierTest, TailCallsTakeNoStack) {
  runtime::Instance& instance = Instantiate(R"((module
    (func $even (export "even") (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
      (return_call $odd (i32.sub (local.get 0) (i32.const 1))))
    (func $odd (export "odd") (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
      (return_call $even (i32.sub (local.get 0) (i32.const 1))))))");
  Optimize(instance, "even");
  EXPECT_THAT(Call(instance, "even", {100000}), ElementsAre(1));
  Optimize(instance, "odd");
  EXPECT_THAT(Call(instance, "even", {1000001}), ElementsAre(0));
}

// Without a look at the entry table, but only to what is final: a better version is to be reached.
TEST_F(OptimizingTierTest, CallsOptimizedCodeDirectly) {
  constexpr char kText[] = R"((module
    (func $g (export "g") (param i32) (result i32) (i32.div_u (i32.const 100) (local.get 0)))
    (func (export "f") (param i32) (result i32)
      (i32.add (call $g (local.get 0)) (i32.const 1)))
    (func (export "tail") (param i32) (result i32) (return_call $g (local.get 0)))))";
  runtime::Instance& interpreted = Instantiate(kText);
  runtime::Instance& instance = Instantiate(kText);
  const auto text_of = [&](const char* name) {
    Request request;
    request.code = &instance.code();
    request.function = Function(instance, name)->index;
    return *optimizer_->Dump(request, optimizing::DumpKind::kIr);
  };
  EXPECT_THAT(text_of("f"), Not(HasSubstr("call i32 @f0")));
  ASSERT_NE(Optimize(instance, "g"), nullptr);
  for (const char* name : {"f", "tail"}) {
    EXPECT_THAT(text_of(name), HasSubstr("call i32 @f0"));
    ASSERT_NE(Optimize(instance, name), nullptr);
    EXPECT_EQ(Call(instance, name, {5}), Call(interpreted, name, {5}));
    EXPECT_EQ(CallToTrap(instance, name, {0}), CallToTrap(interpreted, name, {0}));
  }
  Request request;
  request.code = &instance.code();
  request.function = Function(instance, "g")->index;
  request.options.pipeline = optimizing::Pipeline::kQuick;
  const auto quick = optimizer_->Compile(request, nullptr);
  ASSERT_TRUE(quick.ok()) << quick.status();
  TierTest::Publish(instance, request.function, *quick);
  EXPECT_THAT(text_of("f"), Not(HasSubstr("call i32 @f0")));
}

// A function that ends in a tail call is inlined where it is not the last call.
TEST_F(OptimizingTierTest, InlinesFunctionsWithTailCalls) {
  runtime::Instance& instance = Instantiate(R"((module
    (table 1 funcref) (elem (i32.const 0) $h)
    (type $t (func (param i32) (result i32)))
    (func $h (export "h") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
    (func $g (export "g") (param i32) (result i32)
      (return_call_indirect (type $t) (i32.add (local.get 0) (i32.const 1)) (i32.const 0)))
    (func $g2 (export "g2") (param i32) (result i32)
      (return_call $h (i32.add (local.get 0) (i32.const 1))))
    (func (export "f") (param i32) (result i32)
      (i32.add (i32.add (call $g (local.get 0)) (call $g2 (local.get 0))) (i32.const 1)))))");
  Optimize(instance, "g");
  EXPECT_THAT(Call(instance, "g", {5}), ElementsAre(18));
  Optimize(instance, "f", {1, 2});
  EXPECT_THAT(Call(instance, "f", {5}), ElementsAre(37));
  Optimize(instance, "f", {0, 1, 2});
  EXPECT_THAT(Call(instance, "f", {5}), ElementsAre(37));
}

TEST_F(OptimizingTierTest, StopsWhenCancelled) {
  runtime::Instance& instance = Instantiate("(module (func (export \"f\")))");
  const std::atomic<bool> is_cancelled{true};
  Request request;
  request.code = &instance.code();
  request.function = 0;
  request.is_cancelled = &is_cancelled;
  EXPECT_EQ(optimizer_->Compile(request, nullptr).status().code(), absl::StatusCode::kCancelled);
}

TEST_F(OptimizingTierTest, NamesAProcessorThatDoesNotExist) {
  runtime::Instance& instance = Instantiate("(module (func (export \"f\")))");
  Request request;
  request.code = &instance.code();
  request.options.cpu = "z80";
  const auto code = optimizer_->Compile(request, nullptr);
  EXPECT_EQ(code.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(code.status().message(), HasSubstr("z80"));
}

TEST_F(OptimizingTierTest, ReportsPasses) {
  runtime::Instance& instance = Instantiate(
      "(module (func (export \"f\") (param i32) (result i32) (i32.add (local.get 0) (i32.const "
      "1))))");
  report_.measure_passes = true;
  Optimize(instance, "f");
  ASSERT_FALSE(report_.passes.empty());
  EXPECT_GE(report_.passes.front().nanoseconds, report_.passes.back().nanoseconds);
}

class LoaderTest : public TierTest {};

TEST_F(LoaderTest, SaysWhereItLooked) {
  CodeHost host(*space_);
  setenv("WASMTIER_OPTIMIZER", "/nowhere/at/all.so", 1);
  auto optimizer = LoadOptimizer(&host);
  EXPECT_EQ(optimizer.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(optimizer.status().message(), HasSubstr("looked for /nowhere/at/all.so"));
  setenv("WASMTIER_OPTIMIZER", "", 1);
  optimizer = LoadOptimizer(&host);
  EXPECT_EQ(optimizer.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(optimizer.status().message(), HasSubstr("switched off"));
}

TEST_F(LoaderTest, RefusesWhatIsNotTheModule) {
  CodeHost host(*space_);
  const std::string path = testing::TempDir() + "/not_a_module.so";
  std::ofstream(path) << "text";
  setenv("WASMTIER_OPTIMIZER", path.c_str(), 1);
  const auto optimizer = LoadOptimizer(&host);
  EXPECT_EQ(optimizer.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(optimizer.status().message(), HasSubstr(path));
  // A library that is not ours.
  setenv("WASMTIER_OPTIMIZER", "libm.so.6", 1);
  EXPECT_FALSE(LoadOptimizer(&host).ok());
}

TEST(LoaderPathsTest, LooksBesideTheProgramAndInLib) {
  unsetenv("WASMTIER_OPTIMIZER");
  const std::vector<std::string> paths = optimizing::OptimizerPaths();
  ASSERT_EQ(paths.size(), 3u);
  EXPECT_THAT(paths[0], testing::EndsWith("/bin/libwasmtier-optimizer.so"));
  EXPECT_THAT(paths[1], testing::EndsWith("/lib/libwasmtier-optimizer.so"));
  EXPECT_TRUE(optimizing::FindOptimizer().ok());
}

}  // namespace
}  // namespace wasmtier::test

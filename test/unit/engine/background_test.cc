// Optimizing in the background, with an optimizer that is a stand-in: it makes the baseline tier's
// code again, as slowly as a test wants.
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "engine/api/engine_state.h"
#include "engine/policy/auto.h"
#include "runtime/activation.h"
#include "test/unit/engine/api_fixture.h"
#include "tiers/baseline/baseline.h"
#include "tiers/interpreter/interpreter.h"
#include "tiers/optimizing/code_host.h"

namespace wasmtier::test {
namespace {

using internal::EngineAccess;
using runtime::CompiledCode;

// What the stand-in does, and did.
struct Control {
  std::atomic<bool> is_blocked{false};
  std::atomic<bool> fails{false};
  std::atomic<int> started{0};
  std::atomic<int> finished{0};
  std::mutex mutex;
  std::vector<optimizing::Request> requests;  // guarded by it; `code` may be gone
};

class StandIn : public optimizing::Optimizer {
 public:
  StandIn(optimizing::Host* host, Control& control)
      : space_(static_cast<optimizing::CodeHost*>(host)->space()),
        stubs_(baseline::Stubs::Create(space_, &interpreter::EnterFromMachineCode).value()),
        control_(control) {}

  absl::StatusOr<const CompiledCode*> Compile(const optimizing::Request& request,
                                              optimizing::Report*) override {
    {
      const std::lock_guard<std::mutex> lock(control_.mutex);
      control_.requests.push_back(request);
    }
    ++control_.started;
    while (control_.is_blocked) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (control_.fails) return absl::InternalError("as the test wants it");
    auto code = baseline::Compile(*request.code, request.function, space_, *stubs_, {});
    if (code.ok()) const_cast<CompiledCode*>(*code)->tier = runtime::Tier::kOptimizing;
    ++control_.finished;
    return code;
  }
  absl::StatusOr<std::string> Dump(const optimizing::Request&, optimizing::DumpKind) override {
    return "text";
  }
  absl::StatusOr<std::vector<optimizing::LoopReport>> DescribeLoops(
      const optimizing::Request&) override {
    return std::vector<optimizing::LoopReport>();
  }
  std::string Description() const override { return "stand-in"; }

 private:
  runtime::CodeSpace& space_;
  const std::unique_ptr<baseline::Stubs> stubs_;
  Control& control_;
};

class Background : public testing::Test {
 protected:
  // An engine that optimizes with the stand-in.
  Engine MakeEngine(std::optional<uint32_t> threads, uint32_t threshold = 2,
                    bool lazy_validation = false) {
    Config config;
    config.hotness_threshold = 1;
    config.lazy_validation = lazy_validation;
    Engine engine = Engine::Create(config).value();
    auto& state = *EngineAccess::state(engine);
    auto strategy = std::make_unique<engine::Auto>(engine::Strategy::Options{
        .hotness_threshold = 1,
        .lazy_validation = lazy_validation,
        .record_feedback = true,
        .make_optimizer =
            [this](optimizing::Host* host) { return std::make_unique<StandIn>(host, control_); },
        .optimizing_threshold = threshold,
        .compile_threads = threads,
        .listener = &state.code_listeners});
    strategy_ = strategy.get();
    state.strategy = std::move(strategy);
    return engine;
  }

  // The tier of the innermost wasm function, for host functions.
  runtime::Tier CallerTier() const {
    const runtime::CodePosition& exit = runtime::CurrentActivation()->exit;
    if (exit.kind != runtime::CodePosition::Kind::kMachine) return runtime::Tier::kInterpreter;
    const runtime::CodeSpace& space = *strategy_->code_space()->load();
    const auto* pc = static_cast<const uint8_t*>(exit.pc);
    auto* frame = reinterpret_cast<void* const*>(exit.frame);
    for (;;) {
      const CompiledCode* const code = space.Find(pc - 1);
      if (code == nullptr) return runtime::Tier::kInterpreter;
      if (code->kind == CompiledCode::Kind::kFunction) return code->tier;
      pc = static_cast<const uint8_t*>(frame[1]);
      frame = static_cast<void* const*>(frame[0]);
    }
  }

  // Instantiates `text`, whose import env.tier notes the tier that calls it.
  Instance Instantiate(const Engine& engine, Store& store, std::string_view text) {
    Linker linker;
    EXPECT_THAT(linker.DefineFunction("env", "tier", [this] { tiers_.push_back(CallerTier()); }),
                IsOk());
    return linker.Instantiate(store, Module::FromVector(engine, CompileWat(text)).value()).value();
  }

  Control control_;
  engine::Auto* strategy_ = nullptr;
  std::vector<runtime::Tier> tiers_;
};

// Calls env.tier at every turn of two nested loops, above operands and with more locals than there
// are registers; the result tells whether all values came along.
constexpr char kNested[] = R"((module (import "env" "tier" (func $tier))
  (func (export "f") (param $n i32) (param $q f64) (result i64 f32 i32)
    (local $i i32) (local $j i32) (local $a i64) (local $b i64) (local $c i64) (local $d i64)
    (local $e f32) (local $g f64) (local $h i32) (local $k i32) (local $l i64) (local $m f64)
    (local.set $h (i32.const 7)) (local.set $l (i64.const -3)) (local.set $e (f32.const 0.5))
    (i64.const 1234567890123) (f32.const 2.5)
    (loop $outer (result i32)
      (local.set $j (i32.const 0))
      (i32.const 11)
      (loop $inner
        (call $tier)
        (local.set $a (i64.add (local.get $a) (local.get $l)))
        (local.set $b (i64.xor (i64.rotl (local.get $b) (i64.const 1)) (local.get $a)))
        (local.set $c (i64.add (local.get $c) (i64.mul (local.get $b) (i64.const 3))))
        (local.set $d (i64.sub (local.get $d) (local.get $c)))
        (local.set $g (f64.add (local.get $g) (local.get $q)))
        (local.set $m (f64.max (local.get $m) (local.get $g)))
        (local.set $e (f32.add (local.get $e) (f32.const 1)))
        (local.set $k (i32.add (local.get $k) (local.get $h)))
        (br_if $inner (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1)))
                                (i32.const 10))))
      (local.set $k (i32.add (local.get $k)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $outer (i32.lt_u (local.get $i) (local.get $n)))
      (local.get $k))
    (local.set $k)
    (local.set $e (f32.add (local.get $e)))
    (i64.add (i64.add (local.get $d)) (i64.trunc_sat_f64_s (local.get $m)))
    (local.get $e) (local.get $k)))
)";

TEST_F(Background, LoopThatRunsGoesOnInOptimizedCode) {
  Config interpreter;
  interpreter.tier = TierMode::kInterpreter;
  const std::initializer_list<Value> args = {Value(int32_t{2000}), Value(1.25)};
  std::vector<std::vector<Value>> results;
  for (const bool is_synchronous : {true, false}) {
    const Engine engine = MakeEngine(is_synchronous ? 0 : 1);
    Store store = Store::Create(engine).value();
    const Instance instance = Instantiate(engine, store, kNested);
    if (!is_synchronous) {
      // Slow enough for the compile to end meanwhile.
      control_.is_blocked = false;
    }
    tiers_.clear();
    results.push_back(instance.GetFunc("f")->Call(args).value());
    EXPECT_EQ(tiers_.size(), 20'000u);
    EXPECT_EQ(tiers_.front(), runtime::Tier::kBaseline);
    if (is_synchronous) EXPECT_EQ(tiers_.back(), runtime::Tier::kOptimizing);
    const auto first = std::find(tiers_.begin(), tiers_.end(), runtime::Tier::kOptimizing);
    EXPECT_EQ(std::count(first, tiers_.end(), runtime::Tier::kOptimizing), tiers_.end() - first);
  }
  const Engine engine = Engine::Create(interpreter).value();
  Store store = Store::Create(engine).value();
  const Instance instance = Instantiate(engine, store, kNested);
  results.push_back(instance.GetFunc("f")->Call(args).value());
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(ToString(results[0][i]), ToString(results[2][i])) << i;
    EXPECT_EQ(ToString(results[1][i]), ToString(results[2][i])) << i;
  }
}

constexpr char kCalls[] = R"((module (import "env" "tier" (func $tier))
  (func $g (export "g") (param i32) (result i32) (call $tier) (i32.add (local.get 0) (i32.const 1)))
  (func (export "f") (param $n i32) (result i32) (local $s i32)
    (loop (local.set $s (call $g (local.get $s)))
          (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))))";

TEST_F(Background, CallsReachOptimizedCodeAfterTheThreshold) {
  const Engine engine = MakeEngine(0, /*threshold=*/5);
  Store store = Store::Create(engine).value();
  const Instance instance = Instantiate(engine, store, kCalls);
  const Func g = instance.GetFunc("g").value();
  for (int32_t i = 0; i < 10; ++i) ASSERT_EQ(g.Call({Value(i)}).value()[0].i32(), i + 1);
  ASSERT_EQ(tiers_.size(), 10u);
  EXPECT_EQ(tiers_.front(), runtime::Tier::kBaseline);
  EXPECT_EQ(tiers_.back(), runtime::Tier::kOptimizing);
  EXPECT_EQ(std::count(tiers_.begin(), tiers_.end(), runtime::Tier::kBaseline), 5);
  ASSERT_EQ(control_.requests.size(), 1u);
  EXPECT_FALSE(control_.requests[0].osr_loop.has_value());
}

TEST_F(Background, SlowCompileDoesNotKeepTheProgramWaiting) {
  control_.is_blocked = true;
  const Engine engine = MakeEngine(1);
  Store store = Store::Create(engine).value();
  const Instance instance = Instantiate(engine, store, kCalls);
  EXPECT_EQ(instance.GetFunc("f")->Call({Value(int32_t{100'000})}).value()[0].i32(), 100'000);
  EXPECT_EQ(control_.finished, 0);
  EXPECT_EQ(std::count(tiers_.begin(), tiers_.end(), runtime::Tier::kOptimizing), 0);
  control_.is_blocked = false;
  strategy_->queue()->WaitUntilIdle();
  tiers_.clear();
  EXPECT_EQ(instance.GetFunc("f")->Call({Value(int32_t{10})}).value()[0].i32(), 10);
  EXPECT_EQ(tiers_.back(), runtime::Tier::kOptimizing);
}

TEST_F(Background, FailureIsRemembered) {
  control_.fails = true;
  for (const uint32_t threads : {0u, 1u}) {
    const Engine engine = MakeEngine(threads);
    Store store = Store::Create(engine).value();
    const Instance instance = Instantiate(engine, store, kCalls);
    control_.requests.clear();
    EXPECT_EQ(instance.GetFunc("f")->Call({Value(int32_t{3'000'000})}).value()[0].i32(), 3'000'000);
    if (strategy_->queue() != nullptr) strategy_->queue()->WaitUntilIdle();
    // $g, and the loop of $f.
    EXPECT_LE(control_.requests.size(), 3u);
    tiers_.clear();
  }
}

TEST_F(Background, InlineCandidatesAreWhatIsCalled) {
  const Engine engine = MakeEngine(0, /*threshold=*/3);
  Store store = Store::Create(engine).value();
  const Instance instance = Instantiate(engine, store, kCalls);
  const Func f = instance.GetFunc("f").value();
  for (int i = 0; i < 5; ++i) ASSERT_THAT(f.Call({Value(int32_t{10})}), IsOk());
  bool found = false;
  for (const optimizing::Request& request : control_.requests) {
    if (request.function != 2) continue;
    found = true;
    EXPECT_THAT(request.inline_candidates, testing::ElementsAre(1));
  }
  EXPECT_TRUE(found);
}

// A body that was not validated must not be decoded, even to see what it calls: no such function.
constexpr char kCallsInvalid[] = R"((module (import "env" "tier" (func))
  (func $invalid (call 268435455))
  (func $small (result i32) (i32.const 1))
  (func (export "f") (param i32) (result i32)
    (if (local.get 0) (then (call $invalid))) (call $small))
))";

TEST_F(Background, InlineCandidatesAreValid) {
  const Engine engine = MakeEngine(0, /*threshold=*/2, /*lazy_validation=*/true);
  Store store = Store::Create(engine).value();
  const Instance instance = Instantiate(engine, store, kCallsInvalid);
  const Func f = instance.GetFunc("f").value();
  for (int i = 0; i < 5; ++i) ASSERT_THAT(f.Call({Value(int32_t{0})}), IsOk());
  bool found = false;
  for (const optimizing::Request& request : control_.requests) {
    if (request.function != 3) continue;
    found = true;
    EXPECT_THAT(request.inline_candidates, testing::ElementsAre(2));
  }
  EXPECT_TRUE(found);
}

TEST_F(Background, ModuleMayGoWhileItIsCompiled) {
  control_.is_blocked = true;
  {
    const Engine engine = MakeEngine(1);
    {
      Store store = Store::Create(engine).value();
      const Instance instance = Instantiate(engine, store, kCalls);
      ASSERT_THAT(instance.GetFunc("f")->Call({Value(int32_t{1000})}), IsOk());
      while (control_.started == 0) std::this_thread::yield();
    }
    // Only the compile holds the module's code now.
    control_.is_blocked = false;
    strategy_->queue()->WaitUntilIdle();
  }
  // And the engine may go while it compiles: it waits for the thread.
  control_.is_blocked = true;
  control_.started = 0;
  std::thread unblocks;
  {
    const Engine engine = MakeEngine(1);
    Store store = Store::Create(engine).value();
    const Instance instance = Instantiate(engine, store, kCalls);
    ASSERT_THAT(instance.GetFunc("f")->Call({Value(int32_t{1000})}), IsOk());
    while (control_.started == 0) std::this_thread::yield();
    unblocks = std::thread([this] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      control_.is_blocked = false;
    });
  }
  unblocks.join();
}

TEST_F(Background, ModulesThatComeAndGoDoNotGrowTheCode) {
  const Engine engine = MakeEngine(1);
  size_t after_first = 0;
  for (int i = 0; i < 200; ++i) {
    Store store = Store::Create(engine).value();
    const Instance instance = Instantiate(engine, store, kCalls);
    tiers_.clear();
    ASSERT_THAT(instance.GetFunc("f")->Call({Value(int32_t{1000})}), IsOk());
    // At times the module goes while something of it waits or is being compiled.
    if (i % 2 == 0) strategy_->queue()->WaitUntilIdle();
    if (i == 0) after_first = strategy_->code_space()->load()->code_bytes();
  }
  strategy_->queue()->WaitUntilIdle();
  EXPECT_GT(control_.finished, 100);
  EXPECT_LE(strategy_->code_space()->load()->code_bytes(), after_first);
}

}  // namespace
}  // namespace wasmtier::test

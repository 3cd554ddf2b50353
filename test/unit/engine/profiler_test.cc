// The profiler as embedders use it: shares of time, names, inlined functions, hosts.
#include "wasmtier/profiler.h"

#include <time.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "test/support/modes.h"
#include "test/unit/engine/api_fixture.h"

namespace wasmtier::test {
namespace {

using testing::AllOf;
using testing::Gt;
using testing::HasSubstr;
using testing::Lt;

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <typename Body>
void Repeat(double seconds, const Body& body) {
  const double end = CpuSeconds() + seconds;
  do {
    body();
  } while (CpuSeconds() < end);
}

// What warm `body` does, again and again for some time, as a profile: the time of threads that
// compile is in profiles, and on a slow machine LLVM takes a third of a second. A system whose
// clock ticks seldom, or a busy one, takes few samples in that time; then it is done again for
// longer.
template <typename Body>
Profile ProfileOf(const Engine& engine, const Body& body) {
  constexpr uint64_t kSamples = 80;
  constexpr int kPipelines = 2;
  for (int pipeline = 0; pipeline < kPipelines; ++pipeline) {
    Repeat(0.1, body);
    engine.FinishCompiles();
  }
  for (double seconds = 0.3;; seconds *= 2) {
    Profiler profiler = Profiler::Start(engine).value();
    Repeat(seconds, body);
    Profile profile = profiler.Stop();
    if (profile.samples() >= kSamples || seconds > 2) return profile;
  }
}

// A function with no time if there is none.
ProfiledFunction Find(const Profile& profile, const std::string& name) {
  for (const ProfiledFunction& function : profile.functions()) {
    if (function.name == name) return function;
  }
  return {};
}

double Share(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// "run" (n): three parts of its time go to $heavy, one to $light. In $fib all depths are of one
// function. $once is called where a compiler inlines it. "host" burns time in the host.
constexpr char kProgram[] = R"((module $program
  (import "env" "burn" (func $burn))
  (memory 16)
  (func $heavy (param $n i32) (result i32) (local $s i32)
    (loop $l
      (local.set $s (i32.xor (i32.rotl (local.get $s) (i32.const 5))
                             (i32.mul (local.get $n) (i32.const 17))))
      (i32.store (i32.const 64) (local.get $s))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  (func $light (param $n i32) (result i32) (local $s i32)
    (loop $l
      (local.set $s (i32.xor (i32.rotl (local.get $s) (i32.const 5))
                             (i32.mul (local.get $n) (i32.const 17))))
      (i32.store (i32.const 64) (local.get $s))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  (func (export "run") (param $n i32) (result i32)
    (i32.add (call $heavy (i32.mul (local.get $n) (i32.const 3))) (call $light (local.get $n))))
  (func $fib (export "fib") (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $n) (i32.const 2)) (then (local.get $n))
      (else (i32.add (call $fib (i32.sub (local.get $n) (i32.const 1)))
                     (call $fib (i32.sub (local.get $n) (i32.const 2)))))))
  (func $once (param i32 i32) (result i32)
    (i32.store (i32.const 128) (i32.xor (i32.load (i32.const 128)) (local.get 0)))
    (i32.rotl (i32.mul (i32.xor (local.get 0) (local.get 1)) (i32.const 0x9e3779b1)) (i32.const 13)))
  (func $caller (export "caller") (param $n i32) (result i32) (local $s i32)
    (loop $l
      (local.set $s (call $once (local.get $s) (local.get $n)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  (func (export "host") (param i32) (call $burn))
  (func $copy (export "copy") (param $bytes i32)
    (memory.copy (i32.const 0) (i32.const 524288) (local.get $bytes)))
))";

class Profiling : public testing::TestWithParam<Mode> {
 protected:
  explicit Profiling(Config config = GetParam().config) : engine_(MakeEngine(config)) {
    linker_
        .DefineFunction("env", "burn",
                        [] {
                          const double end = CpuSeconds() + 0.02;
                          while (CpuSeconds() < end) {
                          }
                        })
        .IgnoreError();
    module_.emplace(Module::FromVector(engine_, CompileWat(kProgram)).value());
    instance_.emplace(linker_.Instantiate(store_, *module_).value());
  }
  static Engine MakeEngine(Config config) {
    config.profiling = true;
    return Engine::Create(config).value();
  }
  void Call(const char* function, int32_t n) {
    ASSERT_THAT(instance_->GetFunc(function)->Call({Value(n)}), IsOk());
  }

  Engine engine_;
  Store store_ = Store::Create(engine_).value();
  Linker linker_;
  std::optional<Module> module_;
  std::optional<Instance> instance_;
};
INSTANTIATE_TEST_SUITE_P(Every, Profiling, testing::ValuesIn(Modes()),
                         [](const auto& info) { return info.param.name; });

TEST_P(Profiling, FindsSharesOfTime) {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "the engine itself takes most of the time";
#endif
  const Profile profile = ProfileOf(engine_, [this] { Call("run", 5000); });
  EXPECT_GT(profile.samples(), 20u);
  const ProfiledFunction heavy = Find(profile, "heavy");
  const ProfiledFunction light = Find(profile, "light");
  EXPECT_TRUE(heavy.is_wasm);
  EXPECT_EQ(heavy.module, "program");
  EXPECT_EQ(heavy.index, 1u);
  // The coin of stress modes asks the policy most of the time.
  if (engine_.config().tier != TierMode::kStress) {
    EXPECT_GT(Share(heavy.total + light.total, profile.cpu_nanoseconds()), 0.7)
        << profile.Format(ProfileFormat::kText, "");
    EXPECT_GT(Share(Find(profile, "run").total, profile.cpu_nanoseconds()), 0.7);
  }
  EXPECT_THAT(Share(heavy.total, heavy.total + light.total), AllOf(Gt(0.5), Lt(0.95)));
  switch (engine_.config().tier) {
    case TierMode::kInterpreter:
      EXPECT_EQ(heavy.interpreter, heavy.self);
      break;
    case TierMode::kBaseline:
      EXPECT_EQ(heavy.baseline, heavy.self);
      break;
    case TierMode::kOptimizing:
      EXPECT_EQ(heavy.optimizing, heavy.self);
      break;
    default:
      EXPECT_GT(heavy.baseline + heavy.optimizing, 0u);
  }
}

TEST_P(Profiling, CountsRecursionOnce) {
  const Profile profile = ProfileOf(engine_, [this] { Call("fib", 16); });
  const ProfiledFunction fib = Find(profile, "fib");
  EXPECT_LE(fib.total, profile.cpu_nanoseconds());
  EXPECT_GT(Share(fib.total, profile.cpu_nanoseconds()), 0.7);
  if (engine_.config().tier == TierMode::kStress) return;
  // Seen several calls deep, in most samples whole.
  const std::string folded = profile.Format(ProfileFormat::kFolded, "");
  EXPECT_THAT(folded, testing::ContainsRegex("fib \\[[^;]*;fib \\[[^;]*;fib \\[[^;]*;fib \\["));
  EXPECT_LT(Share(Find(profile, "(callers not recorded)").total, profile.cpu_nanoseconds()), 0.2);
}

TEST_P(Profiling, TellsTheHostApart) {
  const Profile profile = ProfileOf(engine_, [this] { Call("host", 0); });
  const ProfiledFunction burn = Find(profile, "env.burn");
  EXPECT_FALSE(burn.is_wasm);
  EXPECT_GT(Share(burn.self, profile.cpu_nanoseconds()), 0.7);
  EXPECT_GE(Find(profile, "host").total, burn.total);
  EXPECT_THAT(profile.Format(ProfileFormat::kFolded, ""), HasSubstr("];env.burn "));
}

// Its time is the engine's, or the C library's; the caller is known all the same.
TEST_P(Profiling, FindsWhoCopiesMemory) {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "their copying has frames that hide the caller";
#endif
  const Profile profile = ProfileOf(engine_, [this] { Call("copy", 500'000); });
  EXPECT_GT(Share(Find(profile, "copy").total, profile.cpu_nanoseconds()), 0.7)
      << profile.Format(ProfileFormat::kText, "");
}

class ProfilerTest : public testing::Test {
 protected:
  static Engine MakeEngine(TierMode tier = TierMode::kAuto) {
    Config config;
    config.tier = tier;
    config.profiling = true;
    return Engine::Create(config).value();
  }
};

TEST_F(ProfilerTest, NamesWhatWasInlined) {
  if (!OptimizerModule().ok()) GTEST_SKIP() << "built without the optimizing tier";
  const Engine engine = MakeEngine();
  Store store = Store::Create(engine).value();
  Linker linker;
  ASSERT_THAT(linker.DefineFunction("env", "burn", [] {}), IsOk());
  const Module module = Module::FromVector(engine, CompileWat(kProgram)).value();
  const Instance instance = linker.Instantiate(store, module).value();
  const Func caller = instance.GetFunc("caller").value();
  const auto run = [&] { ASSERT_THAT(caller.Call({Value(int32_t{200'000})}), IsOk()); };
  for (int i = 0; i < 30; ++i) {
    run();
    engine.FinishCompiles();
  }
  const Profile profile = ProfileOf(engine, run);
  const ProfiledFunction once = Find(profile, "once");
  EXPECT_GT(Share(once.inlined, once.optimizing), 0.5) << profile.Format(ProfileFormat::kText, "");
  EXPECT_THAT(profile.Format(ProfileFormat::kFolded, ""),
              HasSubstr("caller [optimizing];once [optimizing, inlined] "));
}

TEST_F(ProfilerTest, SeesThreadsThatComeLaterAndThoseThatCompile) {
  const Engine engine = MakeEngine();
  const Module module = Module::FromVector(engine, CompileWat(kProgram)).value();
  Profiler profiler = Profiler::Start(engine).value();
  std::thread thread([&] {
    Store store = Store::Create(engine).value();
    Linker linker;
    ASSERT_THAT(linker.DefineFunction("env", "burn", [] {}), IsOk());
    const Instance instance = linker.Instantiate(store, module).value();
    const double end = CpuSeconds() + 0.3;
    while (CpuSeconds() < end) {
      ASSERT_THAT(instance.GetFunc("fib")->Call({Value(int32_t{20})}), IsOk());
    }
  });
  thread.join();
  engine.FinishCompiles();
  const Profile profile = profiler.Stop();
  // Of the thread that has gone.
  EXPECT_GT(Find(profile, "fib").total, 200'000'000u);
  if (!OptimizerModule().ok()) return;
  // Loading LLVM and compiling takes tens of milliseconds.
  EXPECT_THAT(profile.Format(ProfileFormat::kFolded, ""), HasSubstr("optimize fib "));
}

TEST_F(ProfilerTest, KeepsNamesOfModulesThatHaveGone) {
  const Engine engine = MakeEngine();
  Profiler profiler = Profiler::Start(engine).value();
  {
    std::vector<uint8_t> bytes = CompileWat(kProgram);
    Store store = Store::Create(engine).value();
    Linker linker;
    ASSERT_THAT(linker.DefineFunction("env", "burn", [] {}), IsOk());
    const Module module = Module::FromBytes(engine, bytes).value();
    const Instance instance = linker.Instantiate(store, module).value();
    const double end = CpuSeconds() + 0.1;
    while (CpuSeconds() < end) {
      ASSERT_THAT(instance.GetFunc("fib")->Call({Value(int32_t{16})}), IsOk());
    }
  }
  EXPECT_GT(Find(profiler.Stop(), "fib").total, 0u);
}

TEST_F(ProfilerTest, SaysWhatItCannotDo) {
  const Engine plain = Engine::Create().value();
  EXPECT_THAT(Profiler::Start(plain),
              Fails(absl::StatusCode::kFailedPrecondition, HasSubstr("without Config::profiling")));
  const Engine engine = MakeEngine();
  EXPECT_THAT(Profiler::Start(engine, {.frequency = 0}),
              Fails(absl::StatusCode::kInvalidArgument, HasSubstr("frequency is 0")));
  EXPECT_THAT(Profiler::Start(engine, {.frequency = 10'001}),
              Fails(absl::StatusCode::kInvalidArgument, HasSubstr("10000")));
  {
    const absl::StatusOr<Profiler> first = Profiler::Start(engine);
    ASSERT_THAT(first, IsOk());
    EXPECT_THAT(Profiler::Start(MakeEngine()),
                Fails(absl::StatusCode::kFailedPrecondition, HasSubstr("already")));
  }
  // One that was dropped has stopped.
  EXPECT_THAT(Profiler::Start(engine), IsOk());
}

TEST_F(ProfilerTest, LeavesOtherSignalsToTheirHandler) {
  static std::atomic<int> calls = 0;
  signal(SIGPROF, [](int) { ++calls; });
  const Engine engine = MakeEngine();
  Profiler profiler = Profiler::Start(engine).value();
  raise(SIGPROF);
  EXPECT_EQ(calls, 1);
  (void)profiler.Stop();
  raise(SIGPROF);
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace wasmtier::test

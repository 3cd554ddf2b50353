// Threads that are interrupted by the profiler far more often than its timers do it, in every state
// that code can be in: nothing may crash, and no result may change.
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "test/stress/program.h"
#include "wasmtier/wasmtier.h"

namespace wasmtier::test {
namespace {

constexpr int kThreads = 2;
constexpr uint64_t kInterrupts = 1000;  // at least
// Without any, a thread that sleeps for a moment would never have slept long enough.
constexpr std::chrono::microseconds kPause(50);

// A store with an instance of the program.
class Instances {
 public:
  Instances(const Engine& engine, const Module& module)
      : store_(Store::Create(engine).value()), instance_(Instantiate(module)) {}

  // The program's result, or the message of its trap.
  std::string Call(const char* function, const std::vector<Value>& args) const {
    const auto results = instance_.GetFunc(function)->Call(std::span<const Value>(args));
    if (!results.ok()) return std::string(results.status().message());
    return results->empty() ? "" : std::to_string((*results)[0].u32());
  }

  void Check(int round) const {
    const int n = 500 + round;
    EXPECT_EQ(Call("run", {Value(int32_t{n})}),
              std::to_string(static_cast<uint32_t>(RunResult(n).bits)));
    EXPECT_EQ(Call("trap", {Value(int32_t{round % 3}), Value(int32_t{5})}),
              round % 3 == 0   ? "out of bounds memory access"
              : round % 3 == 1 ? "unreachable"
                               : "integer divide by zero");
    if (round % 10 == 9) EXPECT_EQ(Call("exhaust", {}), "call stack exhausted");
  }

 private:
  Instance Instantiate(const Module& module) {
    Linker linker;
    EXPECT_TRUE(
        linker.DefineFunction("env", "add", [](int32_t a, int32_t b) { return a + b; }).ok());
    return linker.Instantiate(store_, module).value();
  }
  Store store_;
  Instance instance_;
};

class ProfilerStress : public testing::TestWithParam<Mode> {
 protected:
  static Engine MakeEngine() {
    Config config = GetParam().config;
    config.profiling = true;
    return Engine::Create(config).value();
  }
};
INSTANTIATE_TEST_SUITE_P(Every, ProfilerStress, testing::ValuesIn(ModesAndBackground()),
                         [](const auto& info) { return info.param.name; });

// Sends the signal as the profiler's timers do (profiler/sampler.cc), but all the time.
void Interrupt(pid_t thread) {
  for (uint64_t number = 0; number < 2 * kThreads + 2; ++number) {
    siginfo_t info{};
    info.si_signo = SIGPROF;
    info.si_code = SI_TIMER;
    info.si_value.sival_ptr = reinterpret_cast<void*>(uint64_t{0x7761736d} << 32 | number);
    syscall(SYS_rt_tgsigqueueinfo, getpid(), thread, SIGPROF, &info);
  }
}

TEST_P(ProfilerStress, ChangesNoResult) {
  const Engine engine = MakeEngine();
  const Module module = Module::FromVector(engine, CompileWat(ProgramText(0))).value();
  Profiler profiler = Profiler::Start(engine, {.frequency = 10'000}).value();
  std::atomic<uint64_t> interrupts = 0;
  std::atomic<pid_t> ids[kThreads] = {};
  std::atomic<int> running = kThreads;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const Instances instances(engine, module);
      instances.Call("run", {Value(int32_t{1})});  // it is known to the profiler from here on
      ids[i] = static_cast<pid_t>(syscall(SYS_gettid));
      for (int round = 0; round < 20 || interrupts < kInterrupts; ++round) instances.Check(round);
      ids[i] = 0;
      --running;
    });
  }
  while (running > 0) {
    for (const std::atomic<pid_t>& id : ids) {
      if (const pid_t thread = id.load(); thread != 0) {
        Interrupt(thread);
        ++interrupts;
      }
    }
    std::this_thread::sleep_for(kPause);
  }
  for (std::thread& thread : threads) thread.join();
  const Profile profile = profiler.Stop();
  EXPECT_GT(profile.samples() + profile.lost_samples(), 0u);
  for (const ProfiledFunction& function : profile.functions()) {
    EXPECT_LE(function.self, function.total) << function.name;
  }
}

TEST_P(ProfilerStress, ModulesGoWhileTheyAreSampled) {
  const Engine engine = MakeEngine();
  Profiler profiler = Profiler::Start(engine, {.frequency = 10'000}).value();
  const auto thread = static_cast<pid_t>(syscall(SYS_gettid));
  std::atomic<bool> is_done = false;
  std::atomic<uint64_t> interrupts = 0;
  std::thread interrupter([&] {
    while (!is_done) {
      Interrupt(thread);
      ++interrupts;
      std::this_thread::sleep_for(kPause);
    }
  });
  for (int salt = 0; salt < 10 || interrupts < kInterrupts; ++salt) {
    const Module module = Module::FromVector(engine, CompileWat(LoopText(salt))).value();
    const Instances instances(engine, module);
    for (int n = 50; n < 55; ++n) {
      EXPECT_EQ(instances.Call("run", {Value(int32_t{n})}),
                std::to_string(LoopResult(salt, static_cast<uint32_t>(n))));
    }
  }
  is_done = true;
  interrupter.join();
  const Profile profile = profiler.Stop();
  EXPECT_GT(profile.samples() + profile.lost_samples(), 0u);
}

TEST_P(ProfilerStress, ForkedChildGoesOnWithoutIt) {
  const Engine engine = MakeEngine();
  const Module module = Module::FromVector(engine, CompileWat(ProgramText(0))).value();
  auto profiler = std::make_unique<Profiler>(Profiler::Start(engine).value());
  const Instances instances(engine, module);
  instances.Check(0);
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    for (int round = 0; round < 5; ++round) instances.Check(round);
    profiler.reset();
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  instances.Check(1);
  (void)profiler->Stop();
}

}  // namespace
}  // namespace wasmtier::test

#include "engine/policy/compile_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/policy/tuning.h"
#include "test/unit/runtime/runtime_fixture.h"

namespace wasmtier::engine {
namespace {

using runtime::CompileEvent;
using runtime::MemoryStrategy;
using runtime::ModuleCode;
using testing::ElementsAre;
using Outcome = CompileQueue::Outcome;

// Remembers what it was asked for; can be stopped in the middle.
class FakeCompiler : public TaskCompiler {
 public:
  absl::Status Compile(ModuleCode&, const CompileTask& task, const std::atomic<bool>& is_cancelled,
                       std::unique_ptr<Result>* result) override {
    std::unique_lock<std::mutex> lock(mutex_);
    ++running_;
    sched_getaffinity(0, sizeof(processors_), &processors_);
    most_running_ = std::max(most_running_, running_);
    compiled_.push_back(task.function);
    changed_.notify_all();
    while (is_held_ && !is_cancelled.load()) {
      changed_.wait_for(lock, std::chrono::milliseconds(1));
    }
    --running_;
    if (is_cancelled.load()) return absl::CancelledError("closed");
    if (task.function == failing_function) return absl::InternalError("fails");
    *result = std::make_unique<Result>();
    return absl::OkStatus();
  }
  absl::Status Publish(ModuleCode&, const CompileTask& task,
                       std::unique_ptr<Result> result) override {
    EXPECT_NE(result, nullptr);
    const std::lock_guard<std::mutex> lock(mutex_);
    published_.push_back(task.function);
    return absl::OkStatus();
  }

  std::optional<uint64_t> HotnessNow(ModuleCode&, const CompileTask& task) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = hotness_.find(task.function);
    if (found == hotness_.end()) return std::nullopt;
    return found->second;
  }

  void SetHotness(uint32_t function, uint64_t hotness) {
    const std::lock_guard<std::mutex> lock(mutex_);
    hotness_[function] = hotness;
  }
  // Compiles do not end until Release.
  void Hold() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_held_ = true;
  }
  void Release() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_held_ = false;
    changed_.notify_all();
  }
  void WaitUntilRunning(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return running_ >= count; });
  }
  std::vector<uint32_t> compiled() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return compiled_;
  }
  std::vector<uint32_t> published() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return published_;
  }
  // That the last thread which compiled might use.
  cpu_set_t processors() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return processors_;
  }
  int most_running() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return most_running_;
  }

  uint32_t failing_function = UINT32_MAX;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_held_ = false;
  std::map<uint32_t, uint64_t> hotness_;
  int running_ = 0;
  int most_running_ = 0;
  cpu_set_t processors_{};
  std::vector<uint32_t> compiled_;
  std::vector<uint32_t> published_;
};

class EventLog : public runtime::CodeListener {
 public:
  void OnCode(const runtime::CodeEvent&) override {}
  void OnCompile(const CompileEvent& event) override {
    static constexpr const char* kNames[] = {"queued", "started", "published", "failed", "dropped"};
    const std::lock_guard<std::mutex> lock(mutex_);
    lines_.push_back(absl::StrCat(kNames[static_cast<int>(event.step)], " ", event.function));
  }
  std::vector<std::string> lines() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

class CompileQueueTest : public testing::Test {
 protected:
  std::shared_ptr<ModuleCode> MakeCode() {
    runtime::TestModule module;
    const uint32_t type = module.Type({});
    for (int i = 0; i < 10; ++i) module.Function(type);
    return std::make_shared<ModuleCode>(module.Finish(types_), MemoryStrategy::kReserved, hooks_);
  }

  runtime::TypeRegistry types_;
  runtime::FakeHooks hooks_;
  FakeCompiler compiler_;
};

TEST_F(CompileQueueTest, CompilesAndPublishesOnce) {
  EventLog log;
  CompileQueue queue(compiler_, {.threads = 1, .listener = &log});
  const auto code = MakeCode();
  EXPECT_EQ(queue.Request(code, {.function = 3}, 1000, 100), Outcome::kQueued);
  queue.WaitUntilIdle();
  EXPECT_EQ(queue.length(), 0u);
  EXPECT_EQ(queue.Request(code, {.function = 3}, 9000, 100), Outcome::kKnown);
  EXPECT_EQ(queue.Request(code, {.function = 3, .is_full = false}, 1, 100), Outcome::kQueued);
  queue.WaitUntilIdle();
  EXPECT_EQ(queue.Request(code, {.function = 3, .osr_loop = 0}, 1, 100), Outcome::kQueued);
  queue.WaitUntilIdle();
  EXPECT_THAT(compiler_.published(), ElementsAre(3, 3, 3));
  const std::vector<std::string> lines = log.lines();
  ASSERT_EQ(lines.size(), 9u);
  EXPECT_THAT(std::vector(lines.begin(), lines.begin() + 3),
              ElementsAre("queued 3", "started 3", "published 3"));
}

TEST_F(CompileQueueTest, TheMostProfitableComeFirst) {
  CompileQueue queue(compiler_, {.threads = 1});
  const auto code = MakeCode();
  compiler_.Hold();
  queue.Request(code, {.function = 0}, 1, 1);
  compiler_.WaitUntilRunning(1);
  queue.Request(code, {.function = 1}, 100, 1000);
  queue.Request(code, {.function = 2}, 1000, 1000);
  queue.Request(code, {.function = 3}, 1000, 100000);  // much work for as many calls
  queue.Request(code, {.function = 4}, 10, 1000);
  // It became hotter meanwhile.
  EXPECT_EQ(queue.Request(code, {.function = 4}, 100000, 1000), Outcome::kKnown);
  EXPECT_EQ(queue.Request(code, {.function = 0}, 100000, 1), Outcome::kKnown);
  EXPECT_EQ(queue.length(), 5u);
  compiler_.Release();
  queue.WaitUntilIdle();
  EXPECT_THAT(compiler_.published(), ElementsAre(0, 4, 2, 1, 3));
}

TEST_F(CompileQueueTest, WhatIsHotNowComesFirst) {
  CompileQueue queue(compiler_, {.threads = 1});
  const auto code = MakeCode();
  compiler_.Hold();
  queue.Request(code, {.function = 0}, 1, 1);
  compiler_.WaitUntilRunning(1);
  // Function 1 ran while the program started, function 2 runs now.
  queue.Request(code, {.function = 1}, 1000, 1);
  queue.Request(code, {.function = 2}, 300, 1);
  compiler_.SetHotness(1, 1001);
  compiler_.SetHotness(2, 2000);
  std::this_thread::sleep_for(2 * kHotnessWindow);
  compiler_.Release();
  queue.WaitUntilIdle();
  EXPECT_THAT(compiler_.published(), ElementsAre(0, 2, 1));
}

TEST_F(CompileQueueTest, LoopsThatHaveEndedAreForgotten) {
  CompileQueue queue(compiler_, {.threads = 1});
  const auto code = MakeCode();
  compiler_.Hold();
  queue.Request(code, {.function = 0}, 1, 1);
  compiler_.WaitUntilRunning(1);
  for (const uint32_t function : {1u, 2u}) {
    queue.Request(code, {.function = function, .osr_loop = 0}, 10, 1);
  }
  compiler_.SetHotness(1, 10);
  compiler_.SetHotness(2, 11);
  std::this_thread::sleep_for(2 * kLoopEndsAfter);
  compiler_.Release();
  queue.WaitUntilIdle();
  EXPECT_THAT(compiler_.published(), ElementsAre(0, 2));
  // It runs again.
  compiler_.SetHotness(1, 30);
  EXPECT_EQ(queue.Request(code, {.function = 1, .osr_loop = 0}, 20, 1), Outcome::kQueued);
  queue.WaitUntilIdle();
  EXPECT_THAT(compiler_.published(), ElementsAre(0, 2, 1));
}

// A profile says so.
TEST_F(CompileQueueTest, LoopsThatAreExpectedMayWait) {
  CompileQueue queue(compiler_, {.threads = 1});
  const auto code = MakeCode();
  compiler_.Hold();
  queue.Request(code, {.function = 0}, 1, 1);
  compiler_.WaitUntilRunning(1);
  for (const uint32_t function : {1u, 2u}) {
    compiler_.SetHotness(function, 10);
    queue.Request(code, {.function = function, .osr_loop = 0}, 10, 1, /*is_expected=*/true);
  }
  std::this_thread::sleep_for(2 * kLoopEndsAfter);
  compiler_.Release();
  queue.WaitUntilIdle();
  EXPECT_THAT(compiler_.compiled(), testing::UnorderedElementsAre(0, 1, 2));
}

// What start-up code does says little of what is known to come.
TEST_F(CompileQueueTest, TasksThatAreExpectedKeepTheirPlace) {
  CompileQueue queue(compiler_, {.threads = 1});
  const auto code = MakeCode();
  compiler_.Hold();
  queue.Request(code, {.function = 0}, 1, 1);
  compiler_.WaitUntilRunning(1);
  queue.Request(code, {.function = 1}, 1000, 1, /*is_expected=*/true);
  queue.Request(code, {.function = 2}, 900, 1, /*is_expected=*/true);
  compiler_.SetHotness(1, 1000);
  compiler_.SetHotness(2, 1800);
  std::this_thread::sleep_for(2 * kHotnessWindow);
  compiler_.Release();
  queue.WaitUntilIdle();
  EXPECT_THAT(compiler_.published(), ElementsAre(0, 1, 2));
}

TEST_F(CompileQueueTest, TasksOfTheBaselineTierComeFirst) {
  EventLog log;
  CompileQueue queue(compiler_, {.threads = 1, .listener = &log});
  const auto code = MakeCode();
  compiler_.Hold();
  queue.Request(code, {.function = 0}, 1, 1);
  compiler_.WaitUntilRunning(1);
  queue.Request(code, {.function = 1}, 1'000'000'000, 1);
  queue.Request(code, {.function = 2, .is_baseline = true}, 1, 1000);
  queue.Request(code, {.function = 1, .is_baseline = true}, 2, 1000);
  compiler_.Release();
  queue.WaitUntilIdle();
  EXPECT_THAT(compiler_.compiled(), ElementsAre(0, 1, 2, 1));
}

TEST_F(CompileQueueTest, OneLoopIsEnoughForAFunction) {
  EventLog log;
  CompileQueue queue(compiler_, {.threads = 1, .listener = &log});
  const auto code = MakeCode();
  compiler_.Hold();
  queue.Request(code, {.function = 1, .osr_loop = 0}, 1, 1);
  compiler_.WaitUntilRunning(1);
  queue.Request(code, {.function = 1, .osr_loop = 1}, 1, 1);
  queue.Request(code, {.function = 1}, 1, 1);
  queue.Request(code, {.function = 2, .osr_loop = 1}, 1, 1);
  compiler_.Release();
  queue.WaitUntilIdle();
  EXPECT_THAT(compiler_.published(), ElementsAre(1, 1, 2));
  EXPECT_THAT(log.lines(), testing::Contains("dropped 1"));
  // It is in this loop after all.
  EXPECT_EQ(queue.Request(code, {.function = 1, .osr_loop = 1}, 1, 1), Outcome::kQueued);
}

TEST_F(CompileQueueTest, FailuresAreRemembered) {
  EventLog log;
  CompileQueue queue(compiler_, {.threads = 1, .listener = &log});
  const auto code = MakeCode();
  compiler_.failing_function = 5;
  EXPECT_EQ(queue.Request(code, {.function = 5}, 1, 1), Outcome::kQueued);
  queue.WaitUntilIdle();
  EXPECT_TRUE(queue.HasFailed(code, {.function = 5}));
  EXPECT_FALSE(queue.HasFailed(code, {.function = 4}));
  EXPECT_EQ(queue.Request(code, {.function = 5}, 1, 1), Outcome::kRefused);
  // Of this module.
  const auto other = MakeCode();
  EXPECT_FALSE(queue.HasFailed(other, {.function = 5}));
  EXPECT_EQ(queue.Request(other, {.function = 5}, 1, 1), Outcome::kQueued);
  queue.WaitUntilIdle();
  EXPECT_TRUE(compiler_.published().empty());
  EXPECT_EQ(log.lines().back(), "failed 5");
}

TEST_F(CompileQueueTest, WaitingTasksGoWithTheirModule) {
  CompileQueue queue(compiler_, {.threads = 1});
  auto code = MakeCode();
  auto other = MakeCode();
  compiler_.Hold();
  queue.Request(code, {.function = 0}, 1, 1);
  compiler_.WaitUntilRunning(1);
  queue.Request(code, {.function = 1}, 1, 1);
  queue.Request(other, {.function = 2}, 1, 1);
  queue.Request(other, {.function = 3}, 1, 1);
  // One of them is being compiled: it stays until that has ended.
  const std::weak_ptr<ModuleCode> weak = code;
  const std::weak_ptr<ModuleCode> weak_other = other;
  code.reset();
  other.reset();
  EXPECT_FALSE(weak.expired());
  EXPECT_TRUE(weak_other.expired());
  compiler_.Release();
  queue.WaitUntilIdle();
  EXPECT_TRUE(weak.expired());
  EXPECT_THAT(compiler_.published(), ElementsAre(0));
}

TEST_F(CompileQueueTest, ManyModulesComeAndGo) {
  CompileQueue queue(compiler_, {.threads = 2});
  for (int i = 0; i < 300; ++i) {
    const auto code = MakeCode();
    for (uint32_t function = 0; function < 10; ++function) {
      EXPECT_EQ(queue.Request(code, {.function = function}, 1, 1), Outcome::kQueued);
    }
  }
  queue.WaitUntilIdle();
  EXPECT_EQ(queue.length(), 0u);
}

TEST_F(CompileQueueTest, TheDestructorCancelsWhatRunsAndDropsWhatWaits) {
  const auto code = MakeCode();
  {
    CompileQueue queue(compiler_, {.threads = 2});
    compiler_.Hold();
    for (uint32_t function = 0; function < 6; ++function) {
      queue.Request(code, {.function = function}, 1, 1);
    }
    compiler_.WaitUntilRunning(2);
  }
  EXPECT_EQ(compiler_.compiled().size(), 2u);
  EXPECT_TRUE(compiler_.published().empty());
}

TEST_F(CompileQueueTest, ThreadsStartAtTheFirstRequestOnly) {
  const CompileQueue queue(compiler_, {});
  EXPECT_EQ(queue.length(), 0u);
}

TEST_F(CompileQueueTest, CompilesOnSeveralThreads) {
  CompileQueue queue(compiler_, {.threads = 3});
  const auto code = MakeCode();
  compiler_.Hold();
  for (uint32_t function = 0; function < 5; ++function) {
    queue.Request(code, {.function = function}, 1, 1);
  }
  compiler_.WaitUntilRunning(3);
  compiler_.Release();
  queue.WaitUntilIdle();
  EXPECT_EQ(compiler_.most_running(), 3);
  EXPECT_EQ(compiler_.published().size(), 5u);
}

// They begin beside the thread that starts them, but are not kept there, nor kept from there.
TEST_F(CompileQueueTest, ThreadsMayUseAllProcessors) {
  cpu_set_t own;
  ASSERT_EQ(sched_getaffinity(0, sizeof(own), &own), 0);
  CompileQueue queue(compiler_, {.threads = 1});
  const auto code = MakeCode();
  queue.Request(code, {.function = 0}, 1, 1);
  queue.WaitUntilIdle();
  const cpu_set_t processors = compiler_.processors();
  EXPECT_TRUE(CPU_EQUAL(&processors, &own));
}

TEST_F(CompileQueueTest, RunningTasksKeepBelowTheMemoryCeiling) {
  constexpr uint32_t kBytes = 10'000;
  CompileQueue queue(compiler_,
                     {.threads = 4, .memory_ceiling = 2 * CompileQueue::EstimateMemory(kBytes)});
  const auto code = MakeCode();
  EXPECT_EQ(queue.Request(code, {.function = 9}, 1, 100 * kBytes), Outcome::kRefused);
  EXPECT_TRUE(queue.HasFailed(code, {.function = 9}));
  compiler_.Hold();
  for (uint32_t function = 0; function < 6; ++function) {
    queue.Request(code, {.function = function}, 1, kBytes);
  }
  compiler_.WaitUntilRunning(2);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  compiler_.Release();
  queue.WaitUntilIdle();
  EXPECT_EQ(compiler_.most_running(), 2);
  EXPECT_EQ(compiler_.published().size(), 6u);
}

TEST_F(CompileQueueTest, AFullQueueDropsTheLeastProfitable) {
  EventLog log;
  CompileQueue queue(compiler_, {.threads = 1, .max_waiting = 2, .listener = &log});
  const auto code = MakeCode();
  compiler_.Hold();
  queue.Request(code, {.function = 0}, 1, 1);
  compiler_.WaitUntilRunning(1);
  queue.Request(code, {.function = 1}, 10, 1);
  queue.Request(code, {.function = 2}, 30, 1);
  queue.Request(code, {.function = 3}, 20, 1);
  queue.Request(code, {.function = 4}, 5, 1);
  EXPECT_EQ(queue.length(), 3u);
  EXPECT_THAT(log.lines(), ElementsAre("queued 0", "started 0", "queued 1", "queued 2", "queued 3",
                                       "dropped 1", "queued 4", "dropped 4"));
  compiler_.Release();
  queue.WaitUntilIdle();
  EXPECT_THAT(compiler_.published(), ElementsAre(0, 2, 3));
  EXPECT_EQ(queue.Request(code, {.function = 1}, 10, 1), Outcome::kQueued);
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WASMTIER_THREAD_SANITIZER 1
#endif
#endif

#ifndef WASMTIER_THREAD_SANITIZER  // it does not understand forks of programs with threads
TEST_F(CompileQueueTest, AForkedChildCompilesNothing) {
  const auto code = MakeCode();
  CompileQueue queue(compiler_, {.threads = 2});
  compiler_.Hold();
  queue.Request(code, {.function = 0}, 1, 1);
  compiler_.WaitUntilRunning(1);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const bool refused = queue.Request(code, {.function = 1}, 1, 1) == Outcome::kRefused;
    queue.WaitUntilIdle();
    // Neither does it wait for threads that it does not have.
    CompileQueue* const own = new CompileQueue(compiler_, {.threads = 1});
    queue.~CompileQueue();
    delete own;
    _exit(refused ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  compiler_.Release();
  queue.WaitUntilIdle();
  EXPECT_THAT(compiler_.published(), ElementsAre(0));
}
#endif

TEST_F(CompileQueueTest, ManyThreadsMayRequest) {
  CompileQueue queue(compiler_, {.threads = 2});
  const auto code = MakeCode();
  std::vector<std::thread> threads;
  std::atomic<int> queued{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        for (uint32_t function = 0; function < 10; ++function) {
          queued += queue.Request(code, {.function = function}, 1, 1) == Outcome::kQueued;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  queue.WaitUntilIdle();
  EXPECT_EQ(queued, 10);
  EXPECT_EQ(compiler_.published().size(), 10u);
}

}  // namespace
}  // namespace wasmtier::engine

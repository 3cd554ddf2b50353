#include "engine/policy/compile_queue.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/policy/tuning.h"
#include "runtime/base/elapsed.h"
#include "runtime/code_space.h"

namespace wasmtier::engine {
namespace {

using Clock = std::chrono::steady_clock;

// How many forks this process is away from the first one of our program.
std::atomic<uint64_t> fork_depth{0};
// Held while a result is published: a child must not find the locks of a module taken by a thread
// that it does not have. std::mutex, since absl::Mutex may not be unlocked in a child.
std::mutex publish_mutex;

void InstallForkHandlers() {
  static const bool installed = [] {
    // Publishing may give code back: the space's lock is taken inside of ours.
    runtime::CodeSpace::InstallForkHandlers();
    pthread_atfork([] { publish_mutex.lock(); }, [] { publish_mutex.unlock(); },
                   [] {
                     publish_mutex.unlock();
                     fork_depth.fetch_add(1, std::memory_order_relaxed);
                   });
    return true;
  }();
  (void)installed;
}

double Profit(const CompileTask& task, double hotness, uint32_t wasm_bytes) {
  const double profit = hotness / (wasm_bytes + kCompileFixedWasmBytes);
  // They take microseconds, and the others want the feedback that comes with their code. No heat
  // is so high.
  constexpr double kBefore = 1e20;
  return task.is_baseline ? profit + kBefore : profit;
}

// That the calling thread may use; none if that is not known.
cpu_set_t Processors() {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  sched_getaffinity(0, sizeof(processors), &processors);
  return processors;
}

// A thread with the stack that LLVM's recursions need, whatever the host's default is, that takes
// no signals from the host's threads. It begins on another processor: Linux puts it beside the one
// that makes it, and lets it run for a tick (4 ms) while that one waits (2026-11-28, Linux 6.18,
// two processors, one idle). False if the system grants none.
bool StartThread(pthread_t* thread, void* (*run)(void*), void* argument,
                 const cpu_set_t& processors) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // Faults of its own still end the process.
  for (const int fault : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP})
    sigdelset(&all, fault);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kCompileThreadStackBytes);
  cpu_set_t others = processors;
  if (const int own = sched_getcpu(); own >= 0 && own < CPU_SETSIZE) CPU_CLR(own, &others);
  if (CPU_COUNT(&others) != 0) {
    pthread_attr_setaffinity_np(&attributes, sizeof(others), &others);
  }
  const bool started = pthread_create(thread, &attributes, run, argument) == 0;
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return started;
}

// Threads that run wasm come first where there are not enough processors: the calling one does not
// interrupt them when it wakes up, and gets a third of what they get.
void BehindOtherThreads() {
  const sched_param parameters{};
  sched_setscheduler(0, SCHED_BATCH, &parameters);
  errno = 0;
  const int nice = getpriority(PRIO_PROCESS, 0);
  constexpr int kLess = 5;
  if (errno == 0) setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nice + kLess);
}

}  // namespace

uint64_t CompileQueue::EstimateMemory(uint32_t wasm_bytes) {
  const uint64_t bytes = uint64_t{wasm_bytes} + kMaxInlinedBytes;
  return kCompileMemoryBytes + bytes * kCompileMemoryPerWasmByte;
}

class CompileQueue::State {
 public:
  State(TaskCompiler& compiler, const Options& options)
      : compiler_(compiler), options_(options), born_at_(fork_depth.load()) {}

  bool is_in_child() const { return fork_depth.load(std::memory_order_relaxed) != born_at_; }
  Outcome Request(const std::shared_ptr<runtime::ModuleCode>& code, const CompileTask& task,
                  uint64_t hotness, uint32_t wasm_bytes, bool is_expected);
  uint32_t length() const;
  bool HasFailed(const std::shared_ptr<runtime::ModuleCode>& code, const CompileTask& task) const;
  void WaitUntilIdle();
  void Close();

 private:
  using Lock = std::unique_lock<std::mutex>;

  enum class Progress : uint8_t { kWaiting, kRunning, kDone, kFailed };
  struct Entry {
    Progress progress = Progress::kWaiting;
    double profit = 0;
    uint32_t wasm_bytes = 0;
    // Where the hotness is counted: what it was, and when, and what of it is recent.
    uint64_t hotness = 0;
    double recent_hotness = 0;
    Clock::time_point seen;
    Clock::time_point grew;
    bool is_expected = false;  // what it will have done is known
  };
  // Ordered by owner: the address of a module that has gone may be that of another one.
  using Module = std::weak_ptr<runtime::ModuleCode>;
  using Tasks = std::map<CompileTask, Entry>;
  using Modules = std::map<Module, Tasks, std::owner_less<Module>>;
  using LiveModules = std::vector<std::shared_ptr<runtime::ModuleCode>>;
  struct Job {
    std::shared_ptr<runtime::ModuleCode> code;
    CompileTask task;
    uint32_t wasm_bytes = 0;
  };

  static void* RunThread(void* state) {
    static_cast<State*>(state)->Run();
    return nullptr;
  }
  void Run();
  void StartThreads();
  bool FitsNow(const Entry& entry) const {
    return running_ == 0 ||
           running_memory_ + EstimateMemory(entry.wasm_bytes) <= options_.memory_ceiling;
  }
  // Both add the modules that they have looked at, for the caller to let go without the lock.
  void UpdateProfits(LiveModules* modules);
  void TakeJob(Job* job, LiveModules* modules);
  void RunJob(Job job);
  void Finish(const Job& job, const absl::Status& status);
  void DropLoops(const runtime::ModuleCode& code, Tasks& tasks, uint32_t function);
  void DropDeadModules();
  void DropLeastProfitable(LiveModules* modules);
  void Report(runtime::CompileEvent::Step step, const runtime::ModuleCode* code,
              const CompileTask& task, uint64_t nanoseconds = 0, const absl::Status& status = {});

  TaskCompiler& compiler_;
  const Options options_;
  const uint64_t born_at_;
  std::atomic<bool> is_cancelled_{false};
  cpu_set_t processors_{};  // that threads may use; set before they start

  mutable std::mutex mutex_;  // of all below
  std::condition_variable work_;
  std::condition_variable idle_;
  bool is_closed_ = false;
  bool threads_were_started_ = false;
  std::vector<pthread_t> threads_;
  Modules modules_;
  uint64_t changes_ = 0;  // of what there is to do
  uint32_t waiting_ = 0;
  uint32_t running_ = 0;
  uint64_t running_memory_ = 0;
};

CompileQueue::Outcome CompileQueue::State::Request(const std::shared_ptr<runtime::ModuleCode>& code,
                                                   const CompileTask& task, uint64_t hotness,
                                                   uint32_t wasm_bytes, bool is_expected) {
  if (is_in_child()) return Outcome::kRefused;
  const double profit = Profit(task, static_cast<double>(hotness), wasm_bytes);
  LiveModules modules;  // dies without the lock
  {
    const Lock lock(mutex_);
    if (is_closed_) return Outcome::kRefused;
    auto module = modules_.find(code);
    if (module == modules_.end()) {
      DropDeadModules();
      module = modules_.emplace(code, Tasks()).first;
    }
    const auto [found, is_new] = module->second.try_emplace(task);
    Entry& entry = found->second;
    if (!is_new) {
      if (entry.progress == Progress::kFailed) return Outcome::kRefused;
      entry.profit = std::max(entry.profit, profit);
      return Outcome::kKnown;
    }
    entry.profit = profit;
    entry.hotness = hotness;
    entry.recent_hotness = static_cast<double>(hotness);
    entry.seen = Clock::now();
    entry.grew = entry.seen;
    entry.is_expected = is_expected;
    entry.wasm_bytes = wasm_bytes;
    if (EstimateMemory(wasm_bytes) > options_.memory_ceiling) {
      entry.progress = Progress::kFailed;
      Report(runtime::CompileEvent::Step::kFailed, code.get(), task, 0,
             absl::ResourceExhaustedError("it would take more memory than compiles may"));
      return Outcome::kRefused;
    }
    StartThreads();
    if (threads_.empty()) {
      module->second.erase(found);
      return Outcome::kRefused;
    }
    // Under the lock, so that it is told before the start.
    Report(runtime::CompileEvent::Step::kQueued, code.get(), task);
    if (++waiting_ > options_.max_waiting) DropLeastProfitable(&modules);
    ++changes_;
  }
  work_.notify_one();
  return Outcome::kQueued;
}

void CompileQueue::State::StartThreads() {
  if (threads_were_started_) return;
  threads_were_started_ = true;
  processors_ = Processors();
  const auto all_but_one = static_cast<uint32_t>(std::max(CPU_COUNT(&processors_) - 1, 1));
  const uint32_t count = options_.threads != 0 ? options_.threads : all_but_one;
  for (uint32_t i = 0; i < count; ++i) {
    pthread_t thread;
    if (!StartThread(&thread, &RunThread, this, processors_)) break;
    pthread_setname_np(thread, "wasm-tier-opt");
    threads_.push_back(thread);
  }
}

uint32_t CompileQueue::State::length() const {
  if (is_in_child()) return 0;
  const Lock lock(mutex_);
  return waiting_ + running_;
}

bool CompileQueue::State::HasFailed(const std::shared_ptr<runtime::ModuleCode>& code,
                                    const CompileTask& task) const {
  if (is_in_child()) return false;
  const Lock lock(mutex_);
  const auto module = modules_.find(code);
  if (module == modules_.end()) return false;
  const auto entry = module->second.find(task);
  return entry != module->second.end() && entry->second.progress == Progress::kFailed;
}

void CompileQueue::State::WaitUntilIdle() {
  if (is_in_child()) return;
  Lock lock(mutex_);
  idle_.wait(lock, [&] { return waiting_ + running_ == 0; });
}

void CompileQueue::State::Close() {
  std::vector<pthread_t> threads;
  {
    const Lock lock(mutex_);
    is_closed_ = true;
    is_cancelled_.store(true, std::memory_order_relaxed);
    threads.swap(threads_);
  }
  work_.notify_all();
  for (const pthread_t thread : threads) pthread_join(thread, nullptr);
}

void CompileQueue::State::Run() {
  BehindOtherThreads();
  sched_setaffinity(0, sizeof(processors_), &processors_);  // all of them, now that it has begun
  for (;;) {
    Job job;
    LiveModules modules;
    uint64_t changes = 0;
    {
      const Lock lock(mutex_);
      if (is_closed_) return;
      changes = changes_;
      TakeJob(&job, &modules);
    }
    // Perhaps the last references: without the lock.
    modules.clear();
    if (job.code != nullptr) {
      RunJob(std::move(job));
    } else {
      Lock lock(mutex_);
      work_.wait(lock, [&] { return is_closed_ || changes_ != changes; });
    }
  }
}

// What was hot when it was requested may have ended while it waited. Loops that have are forgotten:
// nobody would enter their code; they may be requested again.
void CompileQueue::State::UpdateProfits(LiveModules* modules) {
  const Clock::time_point now = Clock::now();
  for (auto& [module, tasks] : modules_) {
    std::shared_ptr<runtime::ModuleCode> locked = module.lock();
    if (locked == nullptr) continue;
    runtime::ModuleCode& code = *locked;
    modules->push_back(std::move(locked));
    for (auto entry = tasks.begin(); entry != tasks.end();) {
      const auto current = entry++;
      Entry& state = current->second;
      if (state.progress != Progress::kWaiting || state.is_expected) continue;
      if (now - state.seen < kHotnessWindow) continue;
      const std::optional<uint64_t> hotness = compiler_.HotnessNow(code, current->first);
      if (!hotness) continue;
      const uint64_t grown = *hotness - std::min(*hotness, state.hotness);
      if (grown != 0) state.grew = now;
      if (current->first.osr_loop && now - state.grew >= kLoopEndsAfter) {
        Report(runtime::CompileEvent::Step::kDropped, &code, current->first);
        tasks.erase(current);
        if (--waiting_ + running_ == 0) idle_.notify_all();
        continue;
      }
      state.recent_hotness = state.recent_hotness / 4 + static_cast<double>(grown);
      state.hotness = *hotness;
      state.seen = now;
      state.profit = Profit(current->first, state.recent_hotness, state.wasm_bytes);
    }
  }
}

// The most profitable task that fits below the memory ceiling now. Nothing is lost by looking
// through all: a compile takes milliseconds.
void CompileQueue::State::TakeJob(Job* job, LiveModules* modules) {
  if (waiting_ != 0) UpdateProfits(modules);
  for (;;) {
    Module module_of_best;
    const CompileTask* best_task = nullptr;
    Entry* best = nullptr;
    for (auto& [module, tasks] : modules_) {
      if (module.expired()) continue;
      for (auto& [task, entry] : tasks) {
        if (entry.progress != Progress::kWaiting || !FitsNow(entry)) continue;
        if (best != nullptr && entry.profit <= best->profit) continue;
        module_of_best = module;
        best_task = &task;
        best = &entry;
      }
    }
    if (best == nullptr) break;
    job->code = module_of_best.lock();
    if (job->code == nullptr) continue;  // it died this moment
    job->task = *best_task;
    job->wasm_bytes = best->wasm_bytes;
    best->progress = Progress::kRunning;
    --waiting_;
    ++running_;
    running_memory_ += EstimateMemory(best->wasm_bytes);
    return;
  }
  DropDeadModules();
}

void CompileQueue::State::RunJob(Job job) {
  const auto start = Clock::now();
  Report(runtime::CompileEvent::Step::kStarted, job.code.get(), job.task);
  std::unique_ptr<TaskCompiler::Result> result;
  absl::Status status = compiler_.Compile(*job.code, job.task, is_cancelled_, &result);
  if (status.ok()) {
    const std::lock_guard<std::mutex> lock(publish_mutex);
    status = compiler_.Publish(*job.code, job.task, std::move(result));
  }
  const uint64_t nanoseconds = runtime::NanosecondsSince(start);
  Report(
      status.ok() ? runtime::CompileEvent::Step::kPublished : runtime::CompileEvent::Step::kFailed,
      job.code.get(), job.task, nanoseconds, status);
  Finish(job, status);
  // Perhaps the last reference: the module and its code go here, without a lock of ours.
  job.code.reset();
  {
    const Lock lock(mutex_);
    --running_;
    running_memory_ -= EstimateMemory(job.wasm_bytes);
    ++changes_;
    if (waiting_ + running_ == 0) idle_.notify_all();
  }
  work_.notify_all();  // memory is free for tasks that did not fit
}

void CompileQueue::State::Finish(const Job& job, const absl::Status& status) {
  const Lock lock(mutex_);
  const auto module = modules_.find(job.code);
  if (module == modules_.end()) return;
  const auto entry = module->second.find(job.task);
  if (entry == module->second.end()) return;
  entry->second.progress = status.ok() ? Progress::kDone : Progress::kFailed;
  if (status.ok() && job.task.osr_loop) DropLoops(*job.code, module->second, job.task.function);
}

// Code for one loop of a function is there, and goes on with the loops that follow. A call that
// does not get there asks for its own loop again within microseconds.
void CompileQueue::State::DropLoops(const runtime::ModuleCode& code, Tasks& tasks,
                                    uint32_t function) {
  for (auto entry = tasks.begin(); entry != tasks.end();) {
    const auto current = entry++;
    if (current->second.progress != Progress::kWaiting) continue;
    if (current->first.function != function || !current->first.osr_loop) continue;
    Report(runtime::CompileEvent::Step::kDropped, &code, current->first);
    tasks.erase(current);
    --waiting_;
  }
}

void CompileQueue::State::DropDeadModules() {
  for (auto module = modules_.begin(); module != modules_.end();) {
    if (!module->first.expired()) {
      ++module;
      continue;
    }
    for (const auto& [task, entry] : module->second) {
      if (entry.progress == Progress::kWaiting) --waiting_;
    }
    module = modules_.erase(module);
  }
  if (waiting_ + running_ == 0) idle_.notify_all();
}

// It may be requested again.
void CompileQueue::State::DropLeastProfitable(LiveModules* modules) {
  Module module_of_worst;
  Tasks* tasks_of_worst = nullptr;
  Tasks::iterator worst;
  for (auto& [module, tasks] : modules_) {
    for (auto entry = tasks.begin(); entry != tasks.end(); ++entry) {
      if (entry->second.progress != Progress::kWaiting) continue;
      if (tasks_of_worst != nullptr && entry->second.profit >= worst->second.profit) continue;
      module_of_worst = module;
      tasks_of_worst = &tasks;
      worst = entry;
    }
  }
  if (tasks_of_worst == nullptr) return;
  if (std::shared_ptr<runtime::ModuleCode> code = module_of_worst.lock()) {
    Report(runtime::CompileEvent::Step::kDropped, code.get(), worst->first);
    modules->push_back(std::move(code));
  }
  tasks_of_worst->erase(worst);
  --waiting_;
}

void CompileQueue::State::Report(runtime::CompileEvent::Step step, const runtime::ModuleCode* code,
                                 const CompileTask& task, uint64_t nanoseconds,
                                 const absl::Status& status) {
  if (options_.listener == nullptr) return;
  const std::string reason(status.message());
  options_.listener->OnCompile(
      {.step = step,
       .code = code,
       .function = task.function,
       .osr_loop = task.osr_loop,
       .nanoseconds = nanoseconds,
       .is_quick = !task.is_full,
       .tier = task.is_baseline ? runtime::Tier::kBaseline : runtime::Tier::kOptimizing,
       .reason = reason});
}

CompileQueue::CompileQueue(TaskCompiler& compiler, const Options& options) {
  InstallForkHandlers();
  state_ = new State(compiler, options);
}

CompileQueue::~CompileQueue() {
  if (state_->is_in_child()) return;
  state_->Close();
  delete state_;
}

CompileQueue::Outcome CompileQueue::Request(const std::shared_ptr<runtime::ModuleCode>& code,
                                            const CompileTask& task, uint64_t hotness,
                                            uint32_t wasm_bytes, bool is_expected) {
  return state_->Request(code, task, hotness, wasm_bytes, is_expected);
}

uint32_t CompileQueue::length() const { return state_->length(); }

bool CompileQueue::HasFailed(const std::shared_ptr<runtime::ModuleCode>& code,
                             const CompileTask& task) const {
  return state_->HasFailed(code, task);
}

void CompileQueue::WaitUntilIdle() { state_->WaitUntilIdle(); }

}  // namespace wasmtier::engine

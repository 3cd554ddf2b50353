#include "profiler/sampler.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "profiler/code_names.h"
#include "profiler/sample_ring.h"
#include "runtime/trap_handler.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid  // glibc before 2.41 does not name it
#endif

namespace wasmtier::profiler {

// What the handler knows of its thread. Never freed, since a signal may still be on its way when
// nobody waits for it any more; used again for other threads.
struct SampledThread {
  std::atomic<bool> is_active{false};
  pid_t id = 0;
  uint64_t started = 0;  // clock ticks since the system's start: ids are used again
  timer_t timer{};
  uint64_t last_cpu = 0;  // the sampler's: nanoseconds at the sample before
  const CodeIndex* index = nullptr;
  std::atomic<uint64_t> lost{0};
  // What it makes code of, if it does; null: nothing.
  std::atomic<const IndexedModule*> compiled_module{nullptr};
  std::atomic<uint32_t> compiled_function{0};
  SampleRing ring;
  std::array<RawFrame, Sampler::kMaxFrames> frames;  // the handler's
};

namespace {

constexpr int kSignal = SIGPROF;
constexpr absl::Duration kLookUpInterval = absl::Milliseconds(50);

// Of threads by their number, which timers give to the handler.
std::atomic<SampledThread*> thread_pool[Sampler::kMaxThreads];
// In the upper half of what timers give.
constexpr uint64_t kMark = 0x7761736d;

ABSL_CONST_INIT absl::Mutex active_mutex(absl::kConstInit);
Sampler* active_sampler ABSL_GUARDED_BY(active_mutex) = nullptr;
// Whose it is: a forked child has a copy that does nothing, and perhaps of a lock that is held.
std::atomic<pid_t> active_process{0};
// Who had the signal before us; written once, before our handler can be called.
struct sigaction previous_action;

uint64_t Nanoseconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

// The clock of the CPU time of a thread of this process: Linux's encoding, as
// pthread_getcpuclockid makes it.
clockid_t CpuClock(pid_t thread) {
  return static_cast<clockid_t>(~static_cast<uint32_t>(thread) << 3 | 6);
}

std::string ReadTaskFile(pid_t thread, const char* name) {
  const std::string path = absl::StrCat("/proc/self/task/", thread, "/", name);
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {};
  char buffer[1024];
  const ssize_t size = read(descriptor, buffer, sizeof(buffer));
  close(descriptor);
  return std::string(buffer, size < 0 ? 0 : static_cast<size_t>(size));
}

// Field 22 of proc_pid_stat(5), the 20th behind the name in parentheses.
uint64_t StartOf(pid_t thread) {
  const std::string stat = ReadTaskFile(thread, "stat");
  const size_t end = stat.rfind(") ");
  if (end == std::string::npos) return 0;
  const std::vector<std::string> fields = absl::StrSplit(stat.substr(end + 2), ' ');
  uint64_t ticks = 0;
  return fields.size() > 19 && absl::SimpleAtoi(fields[19], &ticks) ? ticks : 0;
}

#define IN_SIGNAL_HANDLER __attribute__((no_sanitize("address", "thread", "undefined")))

// The thread that a signal is for, if it is one of our timers'.
IN_SIGNAL_HANDLER SampledThread* ThreadOf(const siginfo_t& info) {
  if (info.si_code != SI_TIMER) return nullptr;
  const auto value = reinterpret_cast<uint64_t>(info.si_value.sival_ptr);
  const uint64_t number = value & UINT32_MAX;
  if (value >> 32 != kMark || number >= Sampler::kMaxThreads) return nullptr;
  return thread_pool[number].load(std::memory_order_acquire);
}

IN_SIGNAL_HANDLER void TakeSample(SampledThread& thread, const ucontext_t& context) {
  const CodeIndex::Reader reader;
  // It may be another thread's by now, and the index gone.
  if (!thread.is_active.load() || thread.id != static_cast<pid_t>(syscall(SYS_gettid))) return;
  SampleHead head{};
  head.time_nanoseconds = Nanoseconds(CLOCK_MONOTONIC);
  head.cpu_nanoseconds = Nanoseconds(CLOCK_THREAD_CPUTIME_ID);
  head.frame_count = SampleStack(*thread.index, context.uc_mcontext.gregs, thread.frames);
  const IndexedModule* const module = thread.compiled_module.load(std::memory_order_acquire);
  if (module != nullptr && thread.frames[0].kind == RawFrame::Kind::kNative) {
    thread.frames[0].kind = RawFrame::Kind::kCompile;
    thread.frames[0].module = module;
    thread.frames[0].address = thread.compiled_function.load(std::memory_order_relaxed);
  }
  if (!thread.ring.Push(head, std::span(thread.frames).first(head.frame_count))) {
    thread.lost.fetch_add(1, std::memory_order_relaxed);
  }
}

IN_SIGNAL_HANDLER void OnSignal(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  if (SampledThread* const thread = ThreadOf(*info)) {
    TakeSample(*thread, *static_cast<ucontext_t*>(context));
  } else if ((previous_action.sa_flags & SA_SIGINFO) != 0) {
    previous_action.sa_sigaction(signal, info, context);
  } else if (previous_action.sa_handler != SIG_DFL && previous_action.sa_handler != SIG_IGN) {
    previous_action.sa_handler(signal);
  }
  errno = saved_errno;
}

// It stays when no sampler is left: signals may still be on their way, and their default action is
// to end the process.
absl::Status InstallHandler() {
  struct sigaction current{};
  if (sigaction(kSignal, nullptr, &current) != 0) return absl::ErrnoToStatus(errno, "sigaction");
  if ((current.sa_flags & SA_SIGINFO) != 0 && current.sa_sigaction == OnSignal) {
    return absl::OkStatus();
  }
  previous_action = current;
  struct sigaction action{};
  action.sa_sigaction = OnSignal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  sigemptyset(&action.sa_mask);
  if (sigaction(kSignal, &action, nullptr) != 0) return absl::ErrnoToStatus(errno, "sigaction");
  return absl::OkStatus();
}

// A thread of the pool that is not in use, and its number; null if there are too many.
SampledThread* TakeFromPool(uint64_t* number) {
  for (uint64_t i = 0; i < Sampler::kMaxThreads; ++i) {
    SampledThread* thread = thread_pool[i].load(std::memory_order_acquire);
    if (thread == nullptr) {
      thread = new SampledThread;
      thread_pool[i].store(thread, std::memory_order_release);
    } else if (thread->is_active.load()) {
      continue;
    }
    *number = i;
    return thread;
  }
  errno = EAGAIN;
  return nullptr;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Sampler>> Sampler::Start(CodeIndex& index, const Options& options) {
  std::unique_ptr<Sampler> sampler(new Sampler(index, options));
  {
    absl::MutexLock lock(&active_mutex);
    if (active_process.load() == sampler->process_) {
      return absl::FailedPreconditionError("the process is being profiled already");
    }
    if (absl::Status status = InstallHandler(); !status.ok()) return status;
    active_sampler = sampler.get();
    active_process.store(sampler->process_);
  }
  index.SetClient(sampler.get());
  runtime::SetThreadHook(&Sampler::OnThreadPrepared);
  // Our own thread is not sampled, and takes no signals that are for others.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  sampler->runner_ = std::thread(&Sampler::Run, sampler.get());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (sampler->AddThread(static_cast<pid_t>(syscall(SYS_gettid))) == nullptr) {
    return absl::ErrnoToStatus(errno, "no timer for a profile");
  }
  sampler->AddThreads();
  return sampler;
}

Sampler::Sampler(CodeIndex& index, const Options& options)
    : index_(index),
      options_(options),
      process_(getpid()),
      start_time_(Nanoseconds(CLOCK_MONOTONIC)) {
  Profile& profile = builder_.profile();
  profile.start_time = static_cast<double>(Nanoseconds(CLOCK_REALTIME)) / 1e6;
  profile.interval = 1'000'000'000 / options.frequency;
  profile.process = process_;
}

Sampler::~Sampler() { Disarm(); }

void Sampler::Disarm() {
  if (getpid() != process_) {
    // There are no timers here, nor the thread; the locks are perhaps held by threads of the
    // parent.
    if (runner_.joinable()) runner_.detach();
    return;
  }
  if (!runner_.joinable()) return;
  {
    absl::MutexLock lock(&active_mutex);
    active_sampler = nullptr;
    active_process.store(0);
    runtime::SetThreadHook(nullptr);
  }
  {
    absl::MutexLock lock(&run_mutex_);
    is_stopping_ = true;
  }
  runner_.join();
  {
    // What waits in rings is looked up before its code can go.
    absl::MutexLock lock(&index_.mutex());
    absl::MutexLock threads_lock(&threads_mutex_);
    adds_threads_ = false;
    while (!threads_.empty()) EndThread(threads_.size() - 1);
  }
  index_.SetClient(nullptr);
}

Profile Sampler::Stop() {
  Disarm();
  absl::MutexLock lock(&threads_mutex_);
  Profile& profile = builder_.profile();
  profile.duration = Nanoseconds(CLOCK_MONOTONIC) - start_time_;
  std::erase_if(profile.threads, [&](const Profile::Thread& thread) {
    return !thread.is_main &&
           std::all_of(thread.samples.begin(), thread.samples.end(), [&](const auto& sample) {
             return profile.frames[profile.nodes[sample.node].frame].kind == FrameKind::kOther;
           });
  });
  return std::move(profile);
}

void Sampler::OnThreadPrepared() {
  if (active_process.load() != getpid()) return;
  absl::MutexLock lock(&active_mutex);
  if (active_sampler != nullptr) active_sampler->AddThread(static_cast<pid_t>(syscall(SYS_gettid)));
}

void Sampler::OnCompile(const IndexedModule* module, const runtime::CompileEvent& event) {
  if (!options_.compile_threads) return;
  SampledThread* const thread = AddThread(static_cast<pid_t>(syscall(SYS_gettid)));
  if (thread == nullptr) return;
  thread->compiled_function.store(event.function, std::memory_order_relaxed);
  const bool begins = event.step == runtime::CompileEvent::Step::kStarted;
  const IndexedModule* const before = thread->compiled_module.exchange(begins ? module : nullptr);
  // What has failed on a program's own thread had no beginning here.
  if (!begins && before == nullptr) return;
  // Threads of the engine's own block all signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, kSignal);
  pthread_sigmask(begins ? SIG_UNBLOCK : SIG_BLOCK, &signals, nullptr);
}

void Sampler::AddThreads() {
  DIR* const tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return;
  const pid_t own = static_cast<pid_t>(syscall(SYS_gettid));
  // The sampler's thread blocks the signal, which then never comes.
  while (const dirent* const task = readdir(tasks)) {
    pid_t id = 0;
    if (absl::SimpleAtoi(task->d_name, &id) && id != own) AddThread(id);
  }
  closedir(tasks);
}

SampledThread* Sampler::AddThread(pid_t id) {
  const uint64_t started = StartOf(id);
  absl::MutexLock lock(&threads_mutex_);
  if (!adds_threads_) return nullptr;
  for (const Entry& entry : threads_) {
    if (entry.thread->id == id && entry.thread->started == started) return entry.thread;
  }
  uint64_t number = 0;
  SampledThread* const thread = TakeFromPool(&number);
  if (thread == nullptr) return nullptr;
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = kSignal;
  event.sigev_notify_thread_id = id;
  event.sigev_value.sival_ptr = reinterpret_cast<void*>(kMark << 32 | number);
  if (timer_create(CpuClock(id), &event, &thread->timer) != 0) return nullptr;
  thread->id = id;
  thread->started = started;
  thread->last_cpu = Nanoseconds(CpuClock(id));
  thread->index = &index_;
  thread->lost.store(0, std::memory_order_relaxed);
  thread->compiled_module.store(nullptr, std::memory_order_relaxed);
  thread->is_active.store(true);
  Profile& profile = builder_.profile();
  threads_.push_back({thread, profile.threads.size()});
  std::string name(absl::StripTrailingAsciiWhitespace(ReadTaskFile(id, "comm")));
  profile.threads.push_back(
      {.name = PrintableName(name), .id = id, .is_main = id == process_, .samples = {}});
  const auto interval =
      static_cast<long>(profile.interval);  // NOLINT(google-runtime-int): timespec
  const timespec period = {interval / 1'000'000'000, interval % 1'000'000'000};
  const itimerspec timing = {period, period};
  timer_settime(thread->timer, 0, &timing, nullptr);
  return thread;
}

void Sampler::EndThread(size_t entry) {
  const auto [thread, number] = threads_[entry];
  timer_delete(thread->timer);
  thread->is_active.store(false);
  CodeIndex::WaitForReaders();
  TakeSamples(*thread, builder_.profile().threads[number]);
  threads_.erase(threads_.begin() + static_cast<ptrdiff_t>(entry));
}

void Sampler::TakeSamples(SampledThread& thread, Profile::Thread& to) {
  std::array<RawFrame, kMaxFrames> frames;
  SampleHead head{};
  while (thread.ring.Pop(&head, frames)) {
    const uint32_t node = builder_.NodeOf(std::span(frames).first(head.frame_count));
    to.samples.push_back(
        {.time = head.time_nanoseconds - std::min(head.time_nanoseconds, start_time_),
         .cpu = head.cpu_nanoseconds - std::min(head.cpu_nanoseconds, thread.last_cpu),
         .node = node});
    thread.last_cpu = head.cpu_nanoseconds;
  }
  to.lost += thread.lost.exchange(0, std::memory_order_relaxed);
}

void Sampler::LookUpSamples() {
  absl::MutexLock lock(&threads_mutex_);
  for (const Entry& entry : threads_) {
    TakeSamples(*entry.thread, builder_.profile().threads[entry.number]);
  }
}

void Sampler::Run() {
  pthread_setname_np(pthread_self(), "wasm-tier-prof");
  for (;;) {
    {
      absl::MutexLock lock(&run_mutex_);
      if (run_mutex_.AwaitWithTimeout(absl::Condition(&is_stopping_), kLookUpInterval)) return;
    }
    absl::MutexLock lock(&index_.mutex());
    LookUpSamples();
    absl::MutexLock threads_lock(&threads_mutex_);
    for (size_t i = threads_.size(); i-- > 0;) {
      if (syscall(SYS_tgkill, process_, threads_[i].thread->id, 0) != 0 && errno == ESRCH) {
        EndThread(i);
      }
    }
  }
}

}  // namespace wasmtier::profiler

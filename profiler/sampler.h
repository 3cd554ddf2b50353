// Sampler: interrupts threads at intervals of their CPU time and notes their stacks.
#ifndef WASMTIER_PROFILER_SAMPLER_H_
#define WASMTIER_PROFILER_SAMPLER_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "profiler/code_index.h"
#include "profiler/profile.h"
#include "profiler/profile_builder.h"

namespace wasmtier::profiler {

struct SampledThread;

// Samples all threads of the process by a timer each (timer_create with the thread's CPU clock,
// SIGPROF); the handler writes raw stacks to a ring of the thread, and a thread of the sampler's
// looks them up. Only the first is on the program's time. One at a time in a process: SIGPROF, and
// where samples go, are the process's.
//
// A forked child is not sampled, and may destroy its copy of the sampler.
class Sampler : private CodeIndex::Client {
 public:
  struct Options {
    uint32_t frequency = 1000;    // samples in a second of a thread's time
    bool compile_threads = true;  // whether threads that make code are sampled, too
  };
  static constexpr uint32_t kMaxFrequency = 10'000;
  static constexpr size_t kMaxThreads = 1024;  // at a time; others are not sampled
  static constexpr size_t kMaxFrames = 512;    // of a stack; its outermost ones are left out

  // `index` must outlive this. FailedPrecondition: there is one already. Other codes: the system
  // does not grant a timer.
  static absl::StatusOr<std::unique_ptr<Sampler>> Start(CodeIndex& index, const Options& options);
  // Stops, too; the profile is lost then.
  ~Sampler() override;
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  // No thread is sampled any more. To be called once.
  Profile Stop();

 private:
  Sampler(CodeIndex& index, const Options& options);
  void LookUpSamples() override;
  void OnCompile(const IndexedModule* module, const runtime::CompileEvent& event) override;
  static void OnThreadPrepared();

  // All threads that exist.
  void AddThreads();
  // Null: it cannot be sampled; errno says why.
  SampledThread* AddThread(pid_t id);
  // A thread that has gone.
  void EndThread(size_t entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(threads_mutex_);
  void TakeSamples(SampledThread& thread, Profile::Thread& to)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(threads_mutex_);
  // What the sampler's own thread does.
  void Run();
  // No thread is interrupted any more.
  void Disarm();

  CodeIndex& index_;
  const Options options_;
  const pid_t process_;
  const uint64_t start_time_;  // CLOCK_MONOTONIC

  absl::Mutex threads_mutex_;
  struct Entry {
    SampledThread* thread;
    size_t number;  // in the profile
  };
  bool adds_threads_ ABSL_GUARDED_BY(threads_mutex_) = true;
  // What is sampled now.
  std::vector<Entry> threads_ ABSL_GUARDED_BY(threads_mutex_);
  ProfileBuilder builder_ ABSL_GUARDED_BY(threads_mutex_);

  absl::Mutex run_mutex_;
  bool is_stopping_ ABSL_GUARDED_BY(run_mutex_) = false;
  std::thread runner_;  // joinable until Disarm
};

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_SAMPLER_H_

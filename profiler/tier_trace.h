// TierTrace: a timeline of what the tiers make, as Chrome trace JSON (Perfetto, chrome://tracing).
// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
#ifndef WASMTIER_PROFILER_TIER_TRACE_H_
#define WASMTIER_PROFILER_TIER_TRACE_H_

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "runtime/code_listener.h"

namespace wasmtier::profiler {

// A span for each piece of code while it was made, and for each task while it waited; a moment for
// what was published, failed, was dropped, for each running loop that went on in other code, and
// for each memory and table that grew. Each event is one write to the file, so that the trace of a
// program that crashes can be read too.
class TierTrace : public runtime::CodeListener {
 public:
  // Programs that change loops, or grow a memory, all the time would fill the disk: what comes
  // later is only counted.
  static constexpr uint64_t kMaxLoopEntries = 10'000;
  static constexpr uint64_t kMaxGrowths = 10'000;

  // What was in the file is dropped.
  static absl::StatusOr<std::unique_ptr<TierTrace>> Open(const std::string& path);
  // Ends the file.
  ~TierTrace() override;
  TierTrace(const TierTrace&) = delete;
  TierTrace& operator=(const TierTrace&) = delete;

  void OnCode(const runtime::CodeEvent& event) override;
  void OnStub(const runtime::StubEvent& event) override;
  void OnCompile(const runtime::CompileEvent& event) override;
  void OnLoopEntry(const runtime::LoopEntryEvent& event) override;
  void OnGrowth(const runtime::GrowthEvent& event) override;

 private:
  using Clock = std::chrono::steady_clock;
  // What all events of a kind have in common.
  struct Head {
    std::string name;
    std::string_view category;  // a tier
    char phase;                 // of the format
    uint64_t nanoseconds = 0;   // that it took; it ends now
  };

  explicit TierTrace(int descriptor);
  // `fields`: further members of the object, `arguments` of its "args".
  void Write(const Head& head, std::string_view fields, std::string_view arguments);
  void NameThread(int64_t thread);
  void Append(std::string_view text);

  const int descriptor_;
  const pid_t process_;
  const uint64_t number_;  // tells traces of one process apart
  const Clock::time_point start_ = Clock::now();
  std::atomic<uint64_t> loop_entries_{0};
  std::atomic<uint64_t> growths_{0};
};

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_TIER_TRACE_H_

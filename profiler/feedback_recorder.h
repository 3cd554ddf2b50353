// FeedbackRecorder: gathers what the functions of an engine's modules did.
#ifndef WASMTIER_PROFILER_FEEDBACK_RECORDER_H_
#define WASMTIER_PROFILER_FEEDBACK_RECORDER_H_

#include <set>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "profiler/feedback_profile.h"
#include "runtime/code_listener.h"
#include "runtime/module_code.h"

namespace wasmtier::profiler {

// Thread-safe.
class FeedbackRecorder : public runtime::CodeListener {
 public:
  // From now on; this hears when it goes.
  void Add(const runtime::ModuleCode& code);
  // Of all modules, those that have gone included.
  FeedbackProfile Record();

  void OnCode(const runtime::CodeEvent&) override {}
  void OnCodeGone(const runtime::ModuleCode& code) override;

 private:
  static void RecordInto(const runtime::ModuleCode& code, FeedbackProfile& profile);

  absl::Mutex mutex_;
  std::set<const runtime::ModuleCode*> alive_ ABSL_GUARDED_BY(mutex_);
  FeedbackProfile of_gone_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_FEEDBACK_RECORDER_H_

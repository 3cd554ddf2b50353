#include "profiler/feedback_recorder.h"

#include "runtime/model/module.h"

namespace wasmtier::profiler {

void FeedbackRecorder::RecordInto(const runtime::ModuleCode& code, FeedbackProfile& profile) {
  const auto [module, is_new] = profile.try_emplace(ModuleHash::Of(code.module().bytes));
  if (is_new) {
    module->second = profiler::Record(code);
  } else {
    Merge(profiler::Record(code), module->second);
  }
}

void FeedbackRecorder::Add(const runtime::ModuleCode& code) {
  absl::MutexLock lock(&mutex_);
  alive_.insert(&code);
}

FeedbackProfile FeedbackRecorder::Record() {
  // Code that is about to go waits until this is done.
  absl::MutexLock lock(&mutex_);
  FeedbackProfile profile = of_gone_;
  for (const runtime::ModuleCode* code : alive_) RecordInto(*code, profile);
  return profile;
}

void FeedbackRecorder::OnCodeGone(const runtime::ModuleCode& code) {
  absl::MutexLock lock(&mutex_);
  if (alive_.erase(&code) != 0) RecordInto(code, of_gone_);
}

}  // namespace wasmtier::profiler

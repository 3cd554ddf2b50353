// CodeListeners: one listener that tells several.
#ifndef WASMTIER_PROFILER_CODE_LISTENERS_H_
#define WASMTIER_PROFILER_CODE_LISTENERS_H_

#include <vector>

#include "runtime/code_listener.h"

namespace wasmtier::profiler {

class CodeListeners : public runtime::CodeListener {
 public:
  // `listener` must outlive this. All are added before there is code.
  void Add(runtime::CodeListener* listener) { listeners_.push_back(listener); }

  void OnCode(const runtime::CodeEvent& event) override;
  void OnStub(const runtime::StubEvent& event) override;
  void OnCompile(const runtime::CompileEvent& event) override;
  void OnLoopEntry(const runtime::LoopEntryEvent& event) override;
  void OnGrowth(const runtime::GrowthEvent& event) override;
  void OnCodeGone(const runtime::ModuleCode& code) override;

 private:
  std::vector<runtime::CodeListener*> listeners_;
};

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_CODE_LISTENERS_H_

#include "tiers/optimizing/pass_times.h"

#include <llvm/IR/PassInstrumentation.h>
#include <llvm/IR/PassManager.h>

#include <algorithm>
#include <utility>

namespace wasmtier::optimizing {

PassTimes::PassTimes(llvm::PassInstrumentationCallbacks& callbacks) {
  callbacks.registerBeforeNonSkippedPassCallback(
      [this](llvm::StringRef name, const llvm::Any&) { Begin(name.str()); });
  callbacks.registerAfterPassCallback(
      [this](llvm::StringRef, const llvm::Any&, const llvm::PreservedAnalyses&) { End(); });
  callbacks.registerAfterPassInvalidatedCallback(
      [this](llvm::StringRef, const llvm::PreservedAnalyses&) { End(); });
  callbacks.registerBeforeAnalysisCallback(
      [this](llvm::StringRef name, const llvm::Any&) { Begin(name.str()); });
  callbacks.registerAfterAnalysisCallback([this](llvm::StringRef, const llvm::Any&) { End(); });
}

void PassTimes::Begin(std::string name) {
  // "PassManager<llvm::Function>" and its like only run others.
  running_.push_back({std::move(name), Clock::now()});
}

void PassTimes::End() {
  if (running_.empty()) return;
  Running ended = std::move(running_.back());
  running_.pop_back();
  const Clock::duration all = Clock::now() - ended.since;
  if (!running_.empty()) running_.back().inner += all;
  Report::Pass& pass = passes_[ended.name];
  pass.nanoseconds += static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(all - ended.inner).count());
  ++pass.runs;
}

std::vector<Report::Pass> PassTimes::Take() {
  std::vector<Report::Pass> list;
  for (auto& [name, pass] : passes_) {
    list.push_back(std::move(pass));
    list.back().name = name;
  }
  passes_.clear();
  std::sort(list.begin(), list.end(), [](const Report::Pass& a, const Report::Pass& b) {
    return a.nanoseconds > b.nanoseconds;
  });
  return list;
}

}  // namespace wasmtier::optimizing

#include "engine/policy/optimizer_tier.h"

#include <chrono>
#include <utility>

#include "engine/policy/heat.h"
#include "engine/policy/inline_candidates.h"
#include "engine/policy/tuning.h"
#include "runtime/base/elapsed.h"

namespace wasmtier::engine {

using runtime::NanosecondsSince;

// Code that was added to the space; removed from it if it is never published.
class OptimizerTier::CodeResult : public TaskCompiler::Result {
 public:
  CodeResult(runtime::CodeSpace& space, const runtime::CompiledCode* code, uint64_t nanoseconds)
      : space_(space), code_(code), nanoseconds_(nanoseconds) {}
  ~CodeResult() override {
    if (code_ != nullptr) space_.Remove(code_);
  }
  const runtime::CompiledCode* Release() { return std::exchange(code_, nullptr); }
  uint64_t nanoseconds() const { return nanoseconds_; }

 private:
  runtime::CodeSpace& space_;
  const runtime::CompiledCode* code_;
  const uint64_t nanoseconds_;
};

OptimizerTier::OptimizerTier(MachineCode& machine_code, Strategy& strategy,
                             const Strategy::Options& options)
    : machine_code_(machine_code),
      strategy_(strategy),
      make_(options.make_optimizer),
      precise_traps_(options.precise_traps),
      has_signals_(options.has_signals) {}

OptimizerTier::~OptimizerTier() {
  absl::MutexLock lock(&mutex_);
  optimizer_.reset();  // before its host
}

absl::StatusOr<optimizing::Optimizer*> OptimizerTier::Get() {
  if (optimizing::Optimizer* const loaded = loaded_.load(std::memory_order_acquire)) return loaded;
  if (!machine_code_.Prepare()) return machine_code_.status();
  absl::MutexLock lock(&mutex_);
  if (!was_tried_) {
    was_tried_ = true;
    host_ = std::make_unique<optimizing::CodeHost>(machine_code_.space());
    absl::StatusOr<std::unique_ptr<optimizing::Optimizer>> made = make_(host_.get());
    status_ = made.status();
    if (made.ok()) {
      optimizer_ = *std::move(made);
      loaded_.store(optimizer_.get(), std::memory_order_release);
    }
  }
  if (!status_.ok()) return status_;
  return optimizer_.get();
}

absl::Status OptimizerTier::status() const {
  absl::MutexLock lock(&mutex_);
  return status_;
}

absl::StatusOr<optimizing::Request> OptimizerTier::RequestFor(runtime::ModuleCode& code,
                                                              const CompileTask& task) {
  if (code.module().body(task.function).size > kMaxOptimizedBodyBytes) {
    return absl::ResourceExhaustedError("the body is too large for the optimizing tier");
  }
  if (std::string error = strategy_.ValidateLazily(code, task.function); !error.empty()) {
    return absl::InvalidArgumentError(error);
  }
  optimizing::Request request;
  request.code = &code;
  request.function = task.function;
  request.osr_loop = task.osr_loop;
  request.inline_candidates = InlineCandidates(code, task.function, [&](uint32_t candidate) {
    return strategy_.MayOptimize(code, candidate) &&
           strategy_.ValidateLazily(code, candidate).empty();
  });
  request.options.precise_traps = precise_traps_;
  request.options.stack_checks = !has_signals_;
  request.options.pipeline =
      task.is_full ? optimizing::Pipeline::kFull : optimizing::Pipeline::kQuick;
  return request;
}

absl::Status OptimizerTier::Compile(runtime::ModuleCode& code, const CompileTask& task,
                                    const std::atomic<bool>& is_cancelled,
                                    std::unique_ptr<Result>* result) {
  absl::StatusOr<optimizing::Optimizer*> optimizer = Get();
  if (!optimizer.ok()) return optimizer.status();
  if (is_cancelled.load(std::memory_order_relaxed)) return absl::CancelledError();
  const auto start = std::chrono::steady_clock::now();
  absl::StatusOr<optimizing::Request> request = RequestFor(code, task);
  if (!request.ok()) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return request.status();
  }
  request->is_cancelled = &is_cancelled;
  optimizing::Report report;
  absl::StatusOr<const runtime::CompiledCode*> compiled = (*optimizer)->Compile(*request, &report);
  if (!compiled.ok()) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return compiled.status();
  }
  *result = std::make_unique<CodeResult>(machine_code_.space(), *compiled, NanosecondsSince(start));
  return absl::OkStatus();
}

absl::Status OptimizerTier::Publish(runtime::ModuleCode& code, const CompileTask& task,
                                    std::unique_ptr<Result> result) {
  const auto stubs = machine_code_.StubsFor(code.module().function_type(task.function));
  if (!stubs.ok()) return stubs.status();
  auto& made = static_cast<CodeResult&>(*result);
  const uint64_t nanoseconds = made.nanoseconds();
  const runtime::CompiledCode* const compiled = made.Release();
  // Profilers know it before it runs.
  strategy_.listener().OnCode({&code, task.function, runtime::Tier::kOptimizing, compiled->begin,
                               compiled->size, nanoseconds, task.osr_loop, !task.is_full,
                               compiled});
  if (task.osr_loop) {
    code.PublishLoop(task.function, *task.osr_loop, compiled, machine_code_.space());
  } else {
    code.Publish(task.function, compiled, machine_code_.space(), stubs->enter,
                 stubs->load_arguments);
  }
  if (auto* const feedback = FeedbackOf(code, task.function)) feedback->StopClock();
  return absl::OkStatus();
}

absl::Status OptimizerTier::CompileNow(runtime::ModuleCode& code, const CompileTask& task) {
  static const std::atomic<bool> never{false};
  std::unique_ptr<Result> result;
  const auto start = std::chrono::steady_clock::now();
  absl::Status status = Compile(code, task, never, &result);
  if (status.ok()) status = Publish(code, task, std::move(result));
  if (!status.ok()) {
    const std::string reason(status.message());
    strategy_.listener().OnCompile({.step = runtime::CompileEvent::Step::kFailed,
                                    .code = &code,
                                    .function = task.function,
                                    .osr_loop = task.osr_loop,
                                    .nanoseconds = NanosecondsSince(start),
                                    .is_quick = !task.is_full,
                                    .reason = reason});
  }
  return status;
}

absl::StatusOr<std::string> OptimizerTier::Dump(runtime::ModuleCode& code, uint32_t function,
                                                optimizing::DumpKind kind) {
  absl::StatusOr<optimizing::Optimizer*> optimizer = Get();
  if (!optimizer.ok()) return optimizer.status();
  absl::StatusOr<optimizing::Request> request = RequestFor(code, {.function = function});
  if (!request.ok()) return request.status();
  return (*optimizer)->Dump(*request, kind);
}

absl::StatusOr<std::vector<optimizing::LoopReport>> OptimizerTier::DescribeLoops(
    runtime::ModuleCode& code, uint32_t function) {
  absl::StatusOr<optimizing::Optimizer*> optimizer = Get();
  if (!optimizer.ok()) return optimizer.status();
  absl::StatusOr<optimizing::Request> request = RequestFor(code, {.function = function});
  if (!request.ok()) return request.status();
  return (*optimizer)->DescribeLoops(*request);
}

}  // namespace wasmtier::engine

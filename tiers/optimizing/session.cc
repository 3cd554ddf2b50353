// The optimizer: from a request to machine code, and what the module exports.
#include <llvm/ADT/SmallVector.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <time.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tiers/optimizing/dump_text.h"
#include "tiers/optimizing/linker.h"
#include "tiers/optimizing/loop_report.h"
#include "tiers/optimizing/optimizer.h"
#include "tiers/optimizing/pipelines.h"
#include "tiers/optimizing/position_tables.h"
#include "tiers/optimizing/shape.h"
#include "tiers/optimizing/stack_check.h"
#include "tiers/optimizing/target.h"
#include "tiers/optimizing/unit.h"

namespace wasmtier::optimizing {

Unit::Unit() = default;
Unit::Unit(Unit&&) noexcept = default;
Unit& Unit::operator=(Unit&&) noexcept = default;
Unit::~Unit() = default;

namespace {

// Errors that LLVM reports while it works; without a handler it would end the process.
class Diagnostics : public llvm::DiagnosticHandler {
 public:
  // `loops` is told of remarks; null: nobody wants to know, and LLVM makes none.
  explicit Diagnostics(std::string* errors, LoopReports* loops = nullptr)
      : errors_(errors), loops_(loops) {}

  bool isAnalysisRemarkEnabled(llvm::StringRef) const override { return loops_ != nullptr; }
  bool isMissedOptRemarkEnabled(llvm::StringRef) const override { return loops_ != nullptr; }
  bool isPassedOptRemarkEnabled(llvm::StringRef) const override { return loops_ != nullptr; }
  bool isAnyRemarkEnabled() const override { return loops_ != nullptr; }

  bool handleDiagnostics(const llvm::DiagnosticInfo& info) override {
    if (info.getSeverity() == llvm::DS_Error) {
      llvm::raw_string_ostream stream(*errors_);
      llvm::DiagnosticPrinterRawOStream printer(stream);
      info.print(printer);
      stream << "\n";
    }
    if (loops_ != nullptr) loops_->OnDiagnostic(info);
    return true;
  }

 private:
  std::string* errors_;
  LoopReports* loops_;
};

// Machines that no compile uses now. A new one has to work out what the processor can do, which
// takes longer than a small function. Thread-safe.
class TargetMachines {
 public:
  absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> Take(const Options& options) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      auto& free = free_[{options.cpu, options.pipeline}];
      if (!free.empty()) {
        auto machine = std::move(free.back());
        free.pop_back();
        return machine;
      }
    }
    return MakeTargetMachine(options);
  }
  void Return(const Options& options, std::unique_ptr<llvm::TargetMachine> machine) {
    const std::lock_guard<std::mutex> lock(mutex_);
    free_[{options.cpu, options.pipeline}].push_back(std::move(machine));
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, Pipeline>, std::vector<std::unique_ptr<llvm::TargetMachine>>>
      free_;
};

// One request, with an LLVMContext of its own.
class Session {
 public:
  Session(const Request& request, Host& host, TargetMachines& machines, Report* report)
      : request_(request),
        host_(host),
        machines_(machines),
        report_(report != nullptr ? report : &own_report_) {
    context_.setDiagnosticHandler(std::make_unique<Diagnostics>(&errors_));
    context_.setDiscardValueNames(true);
  }

  ~Session() {
    if (machine_ != nullptr) machines_.Return(request_.options, std::move(machine_));
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // What becomes of the loops, once this is optimized; after Build.
  absl::StatusOr<std::vector<LoopReport>> DescribeLoops();

  void KeepValueNames() { context_.setDiscardValueNames(false); }

  // Each step needs the one before.
  absl::Status Build();
  absl::Status OptimizeIr();
  absl::Status GenerateCode(Output output);
  absl::StatusOr<const runtime::CompiledCode*> LinkCode();

  std::string IrText() const {
    std::string text;
    llvm::raw_string_ostream stream(text);
    stream << *unit_.module;
    return text;
  }
  std::string Bytes() const { return std::string(bytes_.begin(), bytes_.end()); }

 private:
  absl::Status Verify(std::string_view when) const;
  // What LLVM reported, or that nobody waits for the result.
  absl::Status Reported() const {
    if (!errors_.empty()) return absl::InternalError(errors_);
    const std::atomic<bool>* const is_cancelled = request_.is_cancelled;
    return is_cancelled != nullptr && is_cancelled->load(std::memory_order_relaxed)
               ? absl::CancelledError("the compile was cancelled")
               : absl::OkStatus();
  }
  void ArrangeFunctions();
  std::unique_ptr<runtime::CompiledCode> Describe(const LinkedCode& linked, PositionTables tables);

  Request request_;
  Host& host_;
  TargetMachines& machines_;
  Report own_report_;
  Report* const report_;
  std::string errors_;
  llvm::LLVMContext context_;
  std::unique_ptr<llvm::TargetMachine> machine_;
  Unit unit_;
  llvm::SmallVector<char, 0> bytes_;
};

// Adds the processor time of a scope: what it costs, however busy the machine is.
class Timer {
 public:
  explicit Timer(uint64_t* nanoseconds) : nanoseconds_(nanoseconds) {}
  ~Timer() { *nanoseconds_ += Now() - start_; }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

 private:
  static uint64_t Now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
  }

  uint64_t* nanoseconds_;
  const uint64_t start_ = Now();
};

absl::Status Session::Build() {
  const Timer timer(&report_->build_nanoseconds);
  const runtime::Module& module = request_.code->module();
  if (absl::Status status = CheckShape(module, request_.function); !status.ok()) return status;
  std::erase_if(request_.inline_candidates, [&](uint32_t candidate) {
    return !module.IsImported(candidate) && !CheckShape(module, candidate).ok();
  });
  auto machine = machines_.Take(request_.options);
  if (!machine.ok()) return machine.status();
  machine_ = *std::move(machine);
  absl::StatusOr<Unit> unit = BuildUnit(context_, *machine_, request_, host_);
  if (!unit.ok()) return unit.status();
  unit_ = *std::move(unit);
  report_->wasm_bytes = unit_.wasm_bytes;
  if (absl::Status status = Verify("as built"); !status.ok()) return status;
  return Reported();
}

absl::Status Session::Verify(std::string_view when) const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (!llvm::verifyModule(*unit_.module, &stream)) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("IR of function ", request_.function, " ", std::string(when), ": ", text));
}

absl::Status Session::OptimizeIr() {
  const Timer timer(&report_->optimize_nanoseconds);
  if (request_.options.stack_checks) KeepContexts(*unit_.module);
  Optimize(*unit_.module, *machine_, request_, report_);
  if (request_.options.stack_checks) AddStackChecks(*unit_.module);
  return Reported();
}

// All in one section, in which the entry comes first: tables and CompiledCode::begin rely on it.
void Session::ArrangeFunctions() {
  llvm::Function* const entry = unit_.module->getFunction(unit_.entry);
  for (llvm::Function& function : *unit_.module) {
    if (!function.isDeclaration()) function.setSection(".text");
  }
  if (entry == nullptr) return;  // the linker says so
  auto& functions = unit_.module->getFunctionList();
  functions.splice(functions.begin(), functions, entry->getIterator());
}

absl::Status Session::GenerateCode(Output output) {
  const Timer timer(&report_->generate_nanoseconds);
  ArrangeFunctions();
  if (absl::Status status = Generate(*unit_.module, *machine_, request_.options, output, bytes_);
      !status.ok()) {
    return status;
  }
  return Reported();
}

absl::StatusOr<const runtime::CompiledCode*> Session::LinkCode() {
  const Timer timer(&report_->link_nanoseconds);
  const std::string_view object(bytes_.data(), bytes_.size());
  absl::StatusOr<PositionTables> tables = ReadPositionTables(object);
  if (!tables.ok()) return tables.status();
  absl::StatusOr<LinkedCode> linked = Link(object, unit_.entry, host_, unit_.callees);
  if (!linked.ok()) return linked.status();
  report_->code_bytes = static_cast<uint32_t>(linked->buffer.size);
  return host_.AddCode(Describe(*linked, *std::move(tables)), linked->buffer);
}

std::unique_ptr<runtime::CompiledCode> Session::Describe(const LinkedCode& linked,
                                                         PositionTables tables) {
  auto code = std::make_unique<runtime::CompiledCode>();
  code->kind = runtime::CompiledCode::Kind::kFunction;
  code->begin = linked.begin;
  code->size = linked.size;
  // A path that needs no frame may come before it.
  constexpr uint8_t kPushRbp = 0x55;
  const uint8_t first = linked.buffer.writable[linked.begin - linked.buffer.executable];
  code->prologue_size = first == kPushRbp ? tables.prologue_size : 0;
  code->tier = runtime::Tier::kOptimizing;
  code->is_final = request_.options.pipeline == Pipeline::kFull;
  code->code = request_.code;
  code->function = request_.function;
  code->positions = runtime::EncodePositions(tables.positions);
  code->positions_are_ranges = true;
  code->scopes = std::move(tables.scopes);
  code->frameless = std::move(tables.frameless);
  code->tail_calls = std::move(tables.tail_calls);
  if (request_.osr_loop) code->osr_entries.push_back({*request_.osr_loop, 0});
  return code;
}

absl::StatusOr<std::vector<LoopReport>> Session::DescribeLoops() {
  LoopReports reports(request_.code->module(), request_.function, unit_.entry);
  context_.setDiagnosticHandler(std::make_unique<Diagnostics>(&errors_, &reports));
  const absl::Status status = OptimizeIr();
  context_.setDiagnosticHandler(std::make_unique<Diagnostics>(&errors_));
  if (!status.ok()) return status;
  if (const llvm::Function* const entry = unit_.module->getFunction(unit_.entry)) {
    reports.OnEnd(*entry);
  }
  return reports.Take();
}

class LlvmOptimizer : public Optimizer {
 public:
  explicit LlvmOptimizer(Host* host) : host_(*host) {}

  absl::StatusOr<const runtime::CompiledCode*> Compile(const Request& request,
                                                       Report* report) override {
    Session session(request, host_, machines_, report);
    if (absl::Status status = session.Build(); !status.ok()) return status;
    if (absl::Status status = session.OptimizeIr(); !status.ok()) return status;
    if (absl::Status status = session.GenerateCode(Output::kObject); !status.ok()) return status;
    return session.LinkCode();
  }

  absl::StatusOr<std::string> Dump(const Request& request, DumpKind kind) override {
    Session session(request, host_, machines_, nullptr);
    session.KeepValueNames();
    if (absl::Status status = session.Build(); !status.ok()) return status;
    if (kind == DumpKind::kIr) return session.IrText();
    if (absl::Status status = session.OptimizeIr(); !status.ok()) return status;
    if (kind == DumpKind::kOptimizedIr) return ReadableIr(session.IrText());
    if (absl::Status status = session.GenerateCode(Output::kAssembly); !status.ok()) return status;
    return ReadableAssembly(session.Bytes());
  }

  absl::StatusOr<std::vector<LoopReport>> DescribeLoops(const Request& request) override {
    Session session(request, host_, machines_, nullptr);
    if (absl::Status status = session.Build(); !status.ok()) return status;
    return session.DescribeLoops();
  }

  std::string Description() const override {
    return absl::StrCat("LLVM ", LLVM_VERSION_STRING, ", ", HostCpu());
  }

 private:
  Host& host_;
  TargetMachines machines_;
};

}  // namespace
}  // namespace wasmtier::optimizing

extern "C" {

[[gnu::visibility("default")]] extern const uint64_t wasmtier_optimizer_handshake;
const uint64_t wasmtier_optimizer_handshake = wasmtier::optimizing::kHandshake;

[[gnu::visibility("default")]] wasmtier::optimizing::Optimizer* wasmtier_make_optimizer(
    wasmtier::optimizing::Host* host) {
  return new wasmtier::optimizing::LlvmOptimizer(host);
}

}  // extern "C"

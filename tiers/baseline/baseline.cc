#include "tiers/baseline/baseline.h"

#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "profiler/feedback.h"
#include "tiers/baseline/compiler.h"
#include "tiers/baseline/masm.h"
#include "tiers/baseline/scan.h"
#include "tiers/decode/body_decoder.h"

namespace wasmtier::baseline {
namespace {

using profiler::FunctionFeedback;
using runtime::CodeSpace;
using runtime::CompiledCode;
using runtime::ModuleCode;

// A piece of code that is complete but not in use.
struct Compiled {
  std::unique_ptr<CompiledCode> code;
  runtime::CodeBuffer buffer;
};

void FreeFeedback(CodeSpace& space, const CompiledCode& code) {
  if (code.feedback != nullptr) space.FreeData(code.feedback, code.feedback_bytes);
}

// What compiles functions for one CodeSpace. It keeps its memory from one function to the next, so
// that a small function costs no more allocations than its result.
class Workshop {
 public:
  Workshop(CodeSpace& space, const Stubs& stubs) : space_(space), masm_(space, stubs) {}

  // This thread's, for that space.
  static Workshop& OfThread(CodeSpace& space, const Stubs& stubs) {
    struct Kept {
      const CodeSpace* space = nullptr;
      const void* thunk = nullptr;
      std::unique_ptr<Workshop> workshop;
    };
    thread_local Kept kept;
    // A later space can have the address of an earlier one; its thunks tell them apart.
    if (kept.space != &space || kept.thunk != stubs.runtime_call()) {
      kept = {&space, stubs.runtime_call(), std::make_unique<Workshop>(space, stubs)};
    }
    return *kept.workshop;
  }

  // `listing`: gets the text, or null. Feedback memory belongs to the result.
  absl::StatusOr<Compiled> Make(ModuleCode& code, uint32_t function, const Options& options,
                                std::string* listing) {
    const runtime::Module& module = code.module();
    if (absl::Status status = Summarize(module, function); !status.ok()) return status;
    Compiled result;
    result.code = std::make_unique<CompiledCode>();
    FunctionFeedback* const feedback =
        options.feedback ? AllocateFeedback(*result.code, options) : nullptr;
    masm_.Reset(listing);
    masm_.set_entries(code.entries());
    masm_.set_relaxed_simd(code.relaxed_simd());
    compiler_.Prepare(code, summary_, feedback, listing != nullptr);
    decode::BodyDecoder<decode::NoChecks, Compiler> decoder(module, compiler_);
    decoder.Decode(function);
    absl::StatusOr<runtime::CodeBuffer> buffer = absl::ResourceExhaustedError(
        module.DescribeFunction(function) + " makes too much machine code");
    if (!compiler_.is_too_large()) buffer = masm_.Finish(result.code.get());
    if (!buffer.ok()) {
      FreeFeedback(space_, *result.code);
      return buffer.status();
    }
    if (feedback != nullptr) {
      feedback->hot.function = function;
      feedback->hot.frame_bytes = compiler_.frame().bytes();
      feedback->hot.local_slots = compiler_.frame().locals();
    }
    result.buffer = *buffer;
    result.code->kind = CompiledCode::Kind::kFunction;
    result.code->tier = runtime::Tier::kBaseline;
    result.code->code = &code;
    result.code->function = function;
    result.code->prologue_size = compiler_.prologue_size();
    result.code->osr_entries = compiler_.osr_entries();
    return result;
  }

 private:
  // The first walk; an error says why the function cannot be compiled.
  absl::Status Summarize(const runtime::Module& module, uint32_t function) {
    if (module.body(function).size > kMaxBodyBytes) {
      return absl::ResourceExhaustedError(absl::StrFormat(
          "%s has a body of more than %d bytes", module.DescribeFunction(function), kMaxBodyBytes));
    }
    decode::BodyDecoder<decode::NoChecks, Scan> decoder(module, scan_);
    const bool is_decoded = decoder.Decode(function);
    if (summary_.unsupported) {
      return absl::UnimplementedError(absl::StrFormat(
          "%s needs %s", module.DescribeFunction(function), decode::Name(*summary_.unsupported)));
    }
    if (!is_decoded) return absl::UnimplementedError(decoder.error().message);
    return absl::OkStatus();
  }

  // Null if there is no room: then nothing is counted.
  FunctionFeedback* AllocateFeedback(CompiledCode& code, const Options& options) {
    const size_t bytes =
        FunctionFeedback::Bytes(summary_.call_sites, summary_.loops, summary_.branches);
    void* const memory = space_.AllocateData(bytes);
    if (memory == nullptr) return nullptr;
    code.feedback = memory;
    code.feedback_bytes = static_cast<uint32_t>(bytes);
    return FunctionFeedback::Create(memory, summary_.call_sites, summary_.loops, summary_.branches,
                                    options.countdown);
  }

  CodeSpace& space_;
  Masm masm_;
  BodySummary summary_;
  Scan scan_{summary_};
  Compiler compiler_{masm_};
};

}  // namespace

absl::StatusOr<const CompiledCode*> Compile(ModuleCode& code, uint32_t function, CodeSpace& space,
                                            Stubs& stubs, const Options& options) {
  absl::StatusOr<Compiled> compiled =
      Workshop::OfThread(space, stubs).Make(code, function, options, nullptr);
  if (!compiled.ok()) return compiled.status();
  return space.Add(std::move(compiled->code), compiled->buffer);
}

absl::StatusOr<std::string> Disassemble(ModuleCode& code, uint32_t function, CodeSpace& space,
                                        Stubs& stubs, const Options& options) {
  std::string listing;
  absl::StatusOr<Compiled> compiled =
      Workshop::OfThread(space, stubs).Make(code, function, options, &listing);
  if (!compiled.ok()) return compiled.status();
  FreeFeedback(space, *compiled->code);
  space.Abandon(compiled->buffer);
  return listing;
}

}  // namespace wasmtier::baseline

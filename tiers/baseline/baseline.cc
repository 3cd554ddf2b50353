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

// What a body does; an error says why it cannot be compiled.
absl::StatusOr<BodySummary> Summarize(const runtime::Module& module, uint32_t function) {
  if (module.body(function).size > kMaxBodyBytes) {
    return absl::ResourceExhaustedError(absl::StrFormat(
        "%s has a body of more than %d bytes", module.DescribeFunction(function), kMaxBodyBytes));
  }
  BodySummary summary;
  Scan scan(summary);
  decode::BodyDecoder<decode::NoChecks, Scan> decoder(module, scan);
  const bool is_decoded = decoder.Decode(function);
  if (summary.unsupported) {
    return absl::UnimplementedError(absl::StrFormat(
        "%s needs %s", module.DescribeFunction(function), decode::Name(*summary.unsupported)));
  }
  if (!is_decoded) return absl::UnimplementedError(decoder.error().message);
  return summary;
}

// A piece of code that is complete but not in use.
struct Compiled {
  std::unique_ptr<CompiledCode> code;
  runtime::CodeBuffer buffer;
};

class Compilation {
 public:
  Compilation(ModuleCode& code, uint32_t function, CodeSpace& space, Stubs& stubs)
      : code_(code), function_(function), space_(space), masm_(space, stubs) {}

  // `listing`: gets the text, or null. Feedback memory belongs to the result.
  absl::StatusOr<Compiled> Run(const Options& options, std::string* listing) {
    absl::StatusOr<BodySummary> summary = Summarize(code_.module(), function_);
    if (!summary.ok()) return summary.status();
    Compiled result;
    result.code = std::make_unique<CompiledCode>();
    FunctionFeedback* const feedback =
        options.feedback ? AllocateFeedback(*summary, *result.code) : nullptr;
    masm_.Reset(listing);
    masm_.set_entries(code_.entries());
    Compiler compiler(masm_, code_);
    compiler.Prepare(*summary, feedback, listing != nullptr);
    decode::BodyDecoder<decode::NoChecks, Compiler> decoder(code_.module(), compiler);
    decoder.Decode(function_);
    absl::StatusOr<runtime::CodeBuffer> buffer = masm_.Finish(result.code.get());
    if (!buffer.ok()) {
      FreeFeedback(space_, *result.code);
      return buffer.status();
    }
    result.buffer = *buffer;
    Describe(compiler, *result.code);
    return result;
  }

  static void FreeFeedback(CodeSpace& space, const CompiledCode& code) {
    if (code.feedback != nullptr) space.FreeData(code.feedback, code.feedback_bytes);
  }

 private:
  // Null if there is no room: then nothing is counted.
  FunctionFeedback* AllocateFeedback(const BodySummary& summary, CompiledCode& code) {
    const size_t bytes =
        FunctionFeedback::Bytes(summary.call_sites, summary.loops, summary.branches);
    void* const memory = space_.AllocateData(bytes);
    if (memory == nullptr) return nullptr;
    code.feedback = memory;
    code.feedback_bytes = static_cast<uint32_t>(bytes);
    return FunctionFeedback::Create(memory, summary.call_sites, summary.loops, summary.branches);
  }

  void Describe(const Compiler& compiler, CompiledCode& code) const {
    code.kind = CompiledCode::Kind::kFunction;
    code.tier = runtime::Tier::kBaseline;
    code.code = &code_;
    code.function = function_;
    code.prologue_size = compiler.prologue_size();
    code.osr_entries = compiler.osr_entries();
  }

  ModuleCode& code_;
  uint32_t function_;
  CodeSpace& space_;
  Masm masm_;
};

}  // namespace

absl::StatusOr<const CompiledCode*> Compile(ModuleCode& code, uint32_t function, CodeSpace& space,
                                            Stubs& stubs, const Options& options) {
  absl::StatusOr<Compiled> compiled =
      Compilation(code, function, space, stubs).Run(options, nullptr);
  if (!compiled.ok()) return compiled.status();
  return space.Add(std::move(compiled->code), compiled->buffer);
}

absl::StatusOr<std::string> Disassemble(ModuleCode& code, uint32_t function, CodeSpace& space,
                                        Stubs& stubs, const Options& options) {
  std::string listing;
  absl::StatusOr<Compiled> compiled =
      Compilation(code, function, space, stubs).Run(options, &listing);
  if (!compiled.ok()) return compiled.status();
  Compilation::FreeFeedback(space, *compiled->code);
  space.Abandon(compiled->buffer);
  return listing;
}

}  // namespace wasmtier::baseline

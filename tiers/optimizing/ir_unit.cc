// BuildUnit: the IR of a function and of those that may be inlined into it.
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/DataLayout.h>
#include <llvm/IR/Module.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/Target/TargetMachine.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "profiler/feedback.h"
#include "tiers/decode/body_decoder.h"
#include "tiers/optimizing/ir_function.h"
#include "tiers/optimizing/ir_loops.h"
#include "tiers/optimizing/ir_types.h"
#include "tiers/optimizing/symbols.h"
#include "tiers/optimizing/unit.h"

namespace wasmtier::optimizing {
namespace {

absl::Status BuildFunction(IrTypes& types, uint32_t function, std::optional<uint32_t> osr_loop,
                           llvm::Function* into, Host& host) {
  const runtime::Module& module = types.code().module();
  LoopScan scan;
  decode::BodyDecoder<decode::NoChecks, LoopScan> scanner(module, scan);
  if (!scanner.Decode(function)) return absl::UnimplementedError(scanner.error().message);
  if (scan.unsupported()) {
    return absl::UnimplementedError(module.DescribeFunction(function) + " has " +
                                    decode::Name(*scan.unsupported()));
  }
  if (osr_loop && *osr_loop >= scan.written().size()) {
    return absl::InvalidArgumentError(module.DescribeFunction(function) + " has no loop " +
                                      std::to_string(*osr_loop));
  }
  const runtime::CompiledCode* const counting = host.FindBaseline(types.code(), function);
  auto* const feedback =
      counting == nullptr ? nullptr : static_cast<profiler::FunctionFeedback*>(counting->feedback);
  FunctionBuilder builder(types, into, scan.written(), osr_loop, feedback);
  decode::BodyDecoder<decode::NoChecks, FunctionBuilder> decoder(module, builder);
  if (!decoder.Decode(function)) return absl::UnimplementedError(decoder.error().message);
  if (!builder.error().empty()) return absl::UnimplementedError(builder.error());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Unit> BuildUnit(llvm::LLVMContext& context, const llvm::TargetMachine& machine,
                               const Request& request, Host& host) {
  Unit unit;
  unit.module = std::make_unique<llvm::Module>("wasm", context);
  unit.module->setDataLayout(machine.createDataLayout());
#if LLVM_VERSION_MAJOR >= 21
  unit.module->setTargetTriple(machine.getTargetTriple());
#else
  unit.module->setTargetTriple(machine.getTargetTriple().str());
#endif
  IrTypes types(*unit.module, *request.code, host, request.options.precise_traps,
                machine.getTargetCPU().str(), machine.getTargetFeatureString().str(),
                VectorTargetOf(*machine.getMCSubtargetInfo(), request.code->relaxed_simd()));

  const runtime::Module& module = request.code->module();
  std::vector<uint32_t> inlinable;
  if (!request.osr_loop) inlinable.push_back(request.function);
  for (uint32_t function : request.inline_candidates) {
    if (module.IsImported(function)) continue;
    if (std::find(inlinable.begin(), inlinable.end(), function) == inlinable.end()) {
      inlinable.push_back(function);
    }
  }
  // First all are declared, so that calls among them are direct.
  for (uint32_t function : inlinable) {
    types.Declare(function)->setLinkage(llvm::GlobalValue::InternalLinkage);
  }
  llvm::Function* const entry = request.osr_loop
                                    ? types.DeclareOsr(request.function, *request.osr_loop)
                                    : types.Declare(request.function);
  entry->setLinkage(llvm::GlobalValue::ExternalLinkage);
  unit.entry = entry->getName().str();
  if (request.osr_loop) {
    const absl::Status status =
        BuildFunction(types, request.function, request.osr_loop, entry, host);
    if (!status.ok()) return status;
    unit.wasm_bytes += module.body(request.function).size;
  }
  for (uint32_t function : inlinable) {
    const absl::Status status =
        BuildFunction(types, function, std::nullopt, types.Declare(function), host);
    if (!status.ok()) return status;
    unit.wasm_bytes += module.body(function).size;
  }
  types.Finish();
  unit.callees = types.callees();
  return unit;
}

}  // namespace wasmtier::optimizing

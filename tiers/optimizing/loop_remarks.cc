#include "tiers/optimizing/loop_remarks.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/OptimizationRemarkEmitter.h>
#include <llvm/IR/DebugLoc.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Instruction.h>

namespace wasmtier::optimizing {
namespace {

using llvm::ore::NV;

template <typename Remark, typename Fill>
void Emit(const llvm::Loop& loop, const char* name, const Fill& fill) {
  const llvm::BasicBlock* const header = loop.getHeader();
  llvm::OptimizationRemarkEmitter emitter(header->getParent());
  emitter.emit([&] {
    Remark remark(kLoopRemarkPass, name, loop.getStartLoc(), header);
    fill(remark);
    return remark;
  });
}

}  // namespace

void RemarkVersioned(const llvm::Loop& loop) {
  Emit<llvm::OptimizationRemark>(loop, kVersionedRemark,
                                 [](auto& remark) { remark << "versioned by the range guard"; });
}

void RemarkNotVersioned(const llvm::Loop& loop, llvm::StringRef why, const llvm::Instruction* at) {
  Emit<llvm::OptimizationRemarkMissed>(loop, kNotVersionedRemark, [&](auto& remark) {
    remark << why;
    if (at == nullptr || !at->getDebugLoc()) return;
    remark << llvm::ore::setExtraArgs() << NV(kOffsetKey, at->getDebugLoc().getLine());
  });
}

void RemarkRerolled(const llvm::Loop& loop, unsigned factor) {
  Emit<llvm::OptimizationRemark>(loop, kRerolledRemark, [&](auto& remark) {
    remark << "rerolled " << NV(kFactorKey, factor) << " copies";
  });
}

}  // namespace wasmtier::optimizing

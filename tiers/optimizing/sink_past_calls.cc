#include "tiers/optimizing/sink_past_calls.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

namespace wasmtier::optimizing {
namespace {

using llvm::Instruction;

// Null if there are several, or none.
const llvm::Value* OnlyVariableOperand(const Instruction& instruction) {
  const llvm::Value* found = nullptr;
  for (const llvm::Value* operand : instruction.operands()) {
    if (llvm::isa<llvm::Constant>(operand) || operand == found) continue;
    if (found != nullptr) return nullptr;
    found = operand;
  }
  return found;
}

bool IsCheap(const Instruction& instruction) {
  switch (instruction.getOpcode()) {
    case Instruction::Add:
    case Instruction::Sub:
    case Instruction::Shl:
    case Instruction::LShr:
    case Instruction::AShr:
    case Instruction::And:
    case Instruction::Or:
    case Instruction::Xor:
    case Instruction::Trunc:
    case Instruction::ZExt:
    case Instruction::SExt:
    case Instruction::GetElementPtr:
      return !instruction.getType()->isVectorTy();
    default:
      return false;
  }
}

// Whether `user` uses a value in its place's block behind `place`, or where that block leads to.
bool IsBehind(const llvm::User* user, const Instruction& place) {
  const auto* const instruction = llvm::cast<Instruction>(user);
  return instruction->getParent() != place.getParent() || llvm::isa<llvm::PHINode>(instruction) ||
         place.comesBefore(instruction);
}

bool IsUsedOnlyBehind(const Instruction& value, const Instruction& place) {
  return llvm::all_of(value.users(), [&](const llvm::User* user) { return IsBehind(user, place); });
}

// `but` is not counted.
bool IsUsedBehind(const llvm::Value& value, const Instruction& place, const Instruction& but) {
  return llvm::any_of(
      value.users(), [&](const llvm::User* user) { return user != &but && IsBehind(user, place); });
}

bool SinkIn(llvm::BasicBlock& block) {
  llvm::SmallVector<llvm::CallInst*> calls;
  for (Instruction& instruction : block) {
    auto* const call = llvm::dyn_cast<llvm::CallInst>(&instruction);
    if (call != nullptr && !llvm::isa<llvm::IntrinsicInst>(call) && !call->isMustTailCall()) {
      calls.push_back(call);
    }
  }
  if (calls.empty()) return false;
  bool changed = false;
  // What is moved makes room for what it was made of.
  for (Instruction& instruction : llvm::make_early_inc_range(llvm::reverse(block))) {
    if (!IsCheap(instruction)) continue;
    const llvm::Value* const operand = OnlyVariableOperand(instruction);
    if (operand == nullptr) continue;
    const auto last = llvm::find_if(llvm::reverse(calls), [&](const llvm::CallInst* call) {
      return instruction.comesBefore(call) && IsUsedOnlyBehind(instruction, *call);
    });
    if (last == calls.rend() || !IsUsedBehind(*operand, **last, instruction)) continue;
    instruction.moveAfter(*last);
    changed = true;
  }
  return changed;
}

}  // namespace

llvm::PreservedAnalyses SinkPastCallsPass::run(llvm::Function& function,
                                               llvm::FunctionAnalysisManager&) {
  bool changed = false;
  for (llvm::BasicBlock& block : function) changed |= SinkIn(block);
  if (!changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace wasmtier::optimizing

#include "tiers/optimizing/trap_anchors.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DepthFirstIterator.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Attributes.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/DebugLoc.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/ModRef.h>

#include <cstdint>

namespace wasmtier::optimizing {
namespace {

constexpr char kAnchorName[] = "wasmtier.anchor";

// Bytes from a constant distance to a value.
struct Place {
  const llvm::Value* base = nullptr;
  int64_t begin = 0;
  int64_t end = 0;
};

Place PlaceOf(const llvm::DataLayout& layout, const llvm::Value* pointer, uint64_t bytes) {
  llvm::APInt offset(64, 0);
  const llvm::Value* const base =
      pointer->stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true);
  return {base, offset.getSExtValue(), offset.getSExtValue() + static_cast<int64_t>(bytes)};
}

// The anchors and accesses of one function.
class Lowering {
 public:
  Lowering(llvm::Function& function, llvm::DominatorTree& dominators)
      : layout_(function.getParent()->getDataLayout()), dominators_(dominators) {
    for (llvm::Instruction& instruction : llvm::instructions(function)) Collect(&instruction);
  }

  bool Run() {
    // In an order in which what dominates comes first.
    for (auto* node : llvm::depth_first(&dominators_)) {
      for (llvm::Instruction& instruction : llvm::make_early_inc_range(*node->getBlock())) {
        if (llvm::CallInst* const anchor = AsAnchor(&instruction)) Lower(anchor);
      }
    }
    // Nothing runs what the tree does not reach.
    for (llvm::CallInst* anchor : anchors_) anchor->eraseFromParent();
    return !anchors_.empty();
  }

 private:
  static uint64_t BytesOf(llvm::CallInst* anchor) {
    return llvm::cast<llvm::ConstantInt>(anchor->getArgOperand(1))->getZExtValue();
  }
  Place PlaceOfAnchor(llvm::CallInst* anchor) const {
    return PlaceOf(layout_, anchor->getArgOperand(0), BytesOf(anchor));
  }
  // Of a plain load or store; no base for anything else.
  Place PlaceOfAccess(llvm::Instruction* instruction) const {
    const llvm::Value* const pointer = llvm::getLoadStorePointerOperand(instruction);
    if (pointer == nullptr || instruction->isAtomic()) return {};
    const llvm::TypeSize size = layout_.getTypeStoreSize(llvm::getLoadStoreType(instruction));
    if (size.isScalable()) return {};
    return PlaceOf(layout_, pointer, size.getFixedValue());
  }

  // LLVM may have made one anchor of several in other blocks: then a phi has the size.
  static bool HasSize(const llvm::CallInst* anchor) {
    return llvm::isa<llvm::ConstantInt>(anchor->getArgOperand(1));
  }

  void Collect(llvm::Instruction* instruction) {
    if (llvm::CallInst* const anchor = AsAnchor(instruction)) {
      anchors_.push_back(anchor);
      if (!HasSize(anchor)) return;
      bases_.try_emplace(PlaceOfAnchor(anchor).base);
      return;
    }
    if (const Place place = PlaceOfAccess(instruction); place.base != nullptr) {
      accesses_[place.base].push_back({instruction, place.end});
    }
  }

  // Memories never shrink, and no access is below a memory's start: what has reached as far from
  // the same place without a trap speaks for this anchor, too.
  bool IsImplied(const llvm::CallInst* anchor, const Place& place) {
    for (const auto& [earlier, end] : bases_[place.base]) {
      if (end >= place.end && dominators_.dominates(earlier, anchor)) return true;
    }
    // A load that LLVM has moved up, out of a loop, say.
    for (const auto& [access, end] : accesses_[place.base]) {
      if (end < place.end || !dominators_.dominates(access, anchor)) continue;
      MakeVolatile(access);
      if (HasNoLocation(access)) access->setDebugLoc(anchor->getDebugLoc());
      return true;
    }
    return false;
  }

  static void MakeVolatile(llvm::Instruction* access) {
    if (auto* const load = llvm::dyn_cast<llvm::LoadInst>(access)) {
      load->setVolatile(true);
    } else {
      llvm::cast<llvm::StoreInst>(access)->setVolatile(true);
    }
  }

  // LLVM takes the location from what it moves to other blocks.
  static bool HasNoLocation(const llvm::Instruction* access) {
    const llvm::DebugLoc& location = access->getDebugLoc();
    return !location || location.getLine() == 0;
  }

  // Whether an access may be made behind the instruction that should be made before it. Not behind
  // another anchor: if both trap, the first one is to be reported.
  static bool MayPass(llvm::Instruction* instruction) {
    if (AsAnchor(instruction) != nullptr) return false;
    if (llvm::isa<llvm::LoadInst>(instruction)) return true;
    if (instruction->isTerminator()) return false;
    if (auto* const store = llvm::dyn_cast<llvm::StoreInst>(instruction)) return IsLinear(store);
    return !instruction->mayHaveSideEffects();
  }
  // Of linear memory, of which nothing says what was written when a trap is seen.
  static bool IsLinear(const llvm::StoreInst* store) {
    const llvm::MDNode* const scopes = store->getMetadata(llvm::LLVMContext::MD_alias_scope);
    if (scopes == nullptr || scopes->getNumOperands() != 1) return false;
    const auto* const scope = llvm::dyn_cast<llvm::MDNode>(scopes->getOperand(0));
    if (scope == nullptr) return false;
    const auto* const name = llvm::dyn_cast<llvm::MDString>(scope->getOperand(0));
    return name != nullptr && name->getString() == "linear";
  }

  // The access that the anchor was made for, if it is still behind it.
  llvm::Instruction* FindAccess(llvm::CallInst* anchor, const Place& place) const {
    // With precise traps an anchor also orders stores.
    const bool is_precise = anchor->getMetadata(llvm::LLVMContext::MD_noalias) == nullptr;
    for (llvm::Instruction* next = anchor->getNextNode(); next != nullptr;
         next = next->getNextNode()) {
      const Place found = PlaceOfAccess(next);
      if (found.base == place.base && found.begin <= place.begin && found.end >= place.end) {
        return next;
      }
      if (!MayPass(next) || (is_precise && llvm::isa<llvm::StoreInst>(next))) return nullptr;
    }
    return nullptr;
  }

  // Of values that are used in part LLVM loads no more than that, as if the instruction that takes
  // the part did it, and moves such a load in front of what the anchor becomes, or of a loop.
  void LocateParts(llvm::CallInst* anchor, const Place& place) {
    const auto is_part = [&](llvm::Instruction* access) {
      const Place found = PlaceOfAccess(access);
      return found.base == place.base && found.begin >= place.begin && found.end <= place.end;
    };
    for (const auto& [access, end] : accesses_[place.base]) {
      if (HasNoLocation(access) && is_part(access)) access->setDebugLoc(anchor->getDebugLoc());
    }
    if (BytesOf(anchor) <= sizeof(uint64_t)) return;
    for (llvm::Instruction* next = anchor->getNextNode();
         next != nullptr && AsAnchor(next) == nullptr; next = next->getNextNode()) {
      if (is_part(next)) next->setDebugLoc(anchor->getDebugLoc());
    }
  }

  // Touches the last byte: memories have no holes.
  static void TouchEnd(llvm::CallInst* anchor) {
    llvm::IRBuilder<> builder(anchor);
    llvm::Type* const byte = builder.getInt8Ty();
    llvm::Value* const last = builder.CreateSub(anchor->getArgOperand(1), builder.getInt64(1));
    llvm::Value* const address = builder.CreatePtrAdd(anchor->getArgOperand(0), last);
    builder.CreateAlignedLoad(byte, address, llvm::Align(1), /*isVolatile=*/true);
  }

  void Lower(llvm::CallInst* anchor) {
    if (!HasSize(anchor)) return TouchEnd(anchor);
    const Place place = PlaceOfAnchor(anchor);
    LocateParts(anchor, place);
    if (IsImplied(anchor, place)) return;
    bases_[place.base].push_back({anchor, place.end});
    if (llvm::Instruction* const access = FindAccess(anchor, place)) return MakeVolatile(access);
    // One read, where the whole would be two.
    if (BytesOf(anchor) > sizeof(uint64_t)) return TouchEnd(anchor);
    llvm::IRBuilder<> builder(anchor);
    llvm::Type* const type = builder.getIntNTy(static_cast<unsigned>(BytesOf(anchor) * 8));
    builder.CreateAlignedLoad(type, anchor->getArgOperand(0), llvm::Align(1), /*isVolatile=*/true);
  }

  using Reach = std::pair<llvm::Instruction*, int64_t>;  // and how far from the base it reaches

  const llvm::DataLayout& layout_;
  llvm::DominatorTree& dominators_;
  llvm::SmallVector<llvm::CallInst*> anchors_;
  llvm::DenseMap<const llvm::Value*, llvm::SmallVector<Reach, 1>> bases_;  // anchors that were kept
  llvm::DenseMap<const llvm::Value*, llvm::SmallVector<Reach, 2>> accesses_;
};

}  // namespace

llvm::FunctionCallee DeclareAnchor(llvm::Module& module, bool precise_traps) {
  llvm::LLVMContext& context = module.getContext();
  llvm::FunctionCallee anchor = module.getOrInsertFunction(
      kAnchorName, llvm::Type::getVoidTy(context), llvm::PointerType::get(context, 0),
      llvm::Type::getInt64Ty(context));
  auto* const function = llvm::cast<llvm::Function>(anchor.getCallee());
  // Not merged: an anchor that stands for accesses in two branches would not say which one trapped.
  for (llvm::Attribute::AttrKind kind :
       {llvm::Attribute::NoUnwind, llvm::Attribute::WillReturn, llvm::Attribute::NoFree,
        llvm::Attribute::NoSync, llvm::Attribute::NoCallback, llvm::Attribute::NoMerge}) {
    function->addFnAttr(kind);
  }
  // Nothing is left of most of them: to the inliner they are no calls.
  function->addFnAttr("call-inline-cost", "0");
  function->setMemoryEffects(precise_traps ? llvm::MemoryEffects::unknown()
                                           : llvm::MemoryEffects::readOnly() |
                                                 llvm::MemoryEffects::inaccessibleMemOnly());
  return anchor;
}

llvm::CallInst* AsAnchor(llvm::Instruction* instruction) {
  auto* const call = llvm::dyn_cast<llvm::CallInst>(instruction);
  if (call == nullptr) return nullptr;
  const llvm::Function* const callee = call->getCalledFunction();
  return callee != nullptr && callee->getName() == kAnchorName ? call : nullptr;
}

llvm::PreservedAnalyses LowerAnchorsPass::run(llvm::Function& function,
                                              llvm::FunctionAnalysisManager& analyses) {
  auto& dominators = analyses.getResult<llvm::DominatorTreeAnalysis>(function);
  if (!Lowering(function, dominators).Run()) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace wasmtier::optimizing

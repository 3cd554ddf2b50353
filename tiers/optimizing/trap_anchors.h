// Anchors: what keeps the traps of linear memory where the program has them (design §9, "Traps and
// LLVM").
//
// LLVM does not know that a load or store may end the function: it deletes accesses whose value
// nobody needs, sinks them into the branch that does, and deletes calls of functions that only
// load. So the IR builder puts a call of a declared function in front of each access that may trap,
// of which LLVM knows that it reads memory and changes something unknown: it is neither deleted nor
// moved across calls and writes to globals and tables. A pass near the end replaces what is left of
// them by the accesses themselves, made volatile, where they are still there, or by a volatile
// read.
#ifndef WASMTIER_TIERS_OPTIMIZING_TRAP_ANCHORS_H_
#define WASMTIER_TIERS_OPTIMIZING_TRAP_ANCHORS_H_

#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/PassManager.h>

namespace llvm {
class CallInst;
class Function;
class Instruction;
class Module;
}  // namespace llvm

namespace wasmtier::optimizing {

// void (ptr address, i64 bytes): these bytes are about to be accessed. With precise traps no load
// of linear memory passes one, either: a load that is moved to an earlier place traps before what
// was stored in between.
llvm::FunctionCallee DeclareAnchor(llvm::Module& module, bool precise_traps);

// The call, if the instruction is an anchor; else null.
llvm::CallInst* AsAnchor(llvm::Instruction* instruction);

// Replaces all anchors. After it no pass may delete or move loads; none does with volatile ones.
class LowerAnchorsPass : public llvm::PassInfoMixin<LowerAnchorsPass> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_TRAP_ANCHORS_H_

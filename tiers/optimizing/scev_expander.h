// Makes an expander of expressions, whose constructor LLVM has changed.
#ifndef WASMTIER_TIERS_OPTIMIZING_SCEV_EXPANDER_H_
#define WASMTIER_TIERS_OPTIMIZING_SCEV_EXPANDER_H_

#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

namespace wasmtier::optimizing {

inline llvm::SCEVExpander MakeExpander(llvm::ScalarEvolution& evolution, const char* name) {
#if LLVM_VERSION_MAJOR >= 22
  return llvm::SCEVExpander(evolution, name);
#else
  return llvm::SCEVExpander(evolution, evolution.getDataLayout(), name);
#endif
}

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_SCEV_EXPANDER_H_

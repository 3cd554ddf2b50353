// What all IR of one unit shares: LLVM's types of wasm's, the alias classes of memory, and the
// functions that emitted code may call.
#ifndef WASMTIER_TIERS_OPTIMIZING_IR_TYPES_H_
#define WASMTIER_TIERS_OPTIMIZING_IR_TYPES_H_

#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/Metadata.h>
#include <llvm/IR/Module.h>

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/model/types.h"
#include "runtime/module_code.h"
#include "tiers/optimizing/ir_vector.h"
#include "tiers/optimizing/optimizer.h"
#include "tiers/optimizing/symbols.h"

namespace wasmtier::optimizing {

// Classes of memory that never overlap.
enum class MemoryClass : uint8_t {
  kLinear,   // all linear memories: one may be imported twice
  kGlobal,   // cells of mutable globals
  kTable,    // elements of tables
  kContext,  // VMContext and what it points to, call area, slots of runtime calls
};
inline constexpr int kMemoryClasses = 4;

class IrTypes {
 public:
  IrTypes(llvm::Module& module, const runtime::ModuleCode& code, Host& host, bool precise_traps,
          std::string cpu, std::string features, VectorTarget vector_target);

  llvm::Module& module() const { return module_; }
  llvm::LLVMContext& context() const { return module_.getContext(); }
  const runtime::ModuleCode& code() const { return code_; }
  bool precise_traps() const { return precise_traps_; }
  const VectorTarget& vector_target() const { return vector_target_; }

  llvm::Type* Of(runtime::ValueType type) const;
  llvm::Value* Zero(runtime::ValueType type) const;
  // (VMContext, what has registers, nest: the entry slot) -> the first result
  llvm::FunctionType* OfFunction(const runtime::FuncType& type) const;
  llvm::IntegerType* i1() const { return llvm::Type::getInt1Ty(context()); }
  llvm::IntegerType* i8() const { return llvm::Type::getInt8Ty(context()); }
  llvm::IntegerType* i32() const { return llvm::Type::getInt32Ty(context()); }
  llvm::IntegerType* i64() const { return llvm::Type::getInt64Ty(context()); }
  llvm::PointerType* pointer() const { return llvm::PointerType::get(context(), 0); }

  // The function of a wasm function in this unit, declared at the first call.
  llvm::Function* Declare(uint32_t function);
  llvm::Function* DeclareOsr(uint32_t function, uint32_t loop);
  // What calls need not find in the entry table: a function of this unit, or the optimized code
  // that another function has already; null if there is neither.
  llvm::Function* FindDirect(uint32_t function);
  // The optimized code that FindDirect has found.
  const Callees& callees() const { return callees_; }

  llvm::FunctionCallee trap() const { return trap_; }
  llvm::FunctionCallee runtime_call() const { return runtime_call_; }
  // trap_anchors.h
  llvm::FunctionCallee anchor() const { return anchor_; }

  // Attaches what is known of the memory that a load or store touches.
  //
  // Only reading a global or an element may pass accesses to linear memory: had a write nothing to
  // do with linear memory either, LLVM would move accesses, and their traps, across it (a load out
  // of a loop, say).
  void Classify(llvm::Instruction* access, MemoryClass memory) const;
  // What an anchor does not order: plain accesses to linear memory.
  llvm::MDNode* linear_scope() const { return scope_lists_[0]; }
  // The node that marks a load of what never changes.
  llvm::MDNode* empty_node() const { return llvm::MDNode::get(context(), {}); }

  // A function's debug information: a line is a module offset.
  llvm::DISubprogram* Describe(uint32_t function, uint32_t line, const std::string& symbol);
  // To be called when all functions are built.
  void Finish() { debug_.finalize(); }

 private:
  llvm::Function* DeclareAs(llvm::FunctionType* type, const std::string& name);

  llvm::Module& module_;
  const runtime::ModuleCode& code_;
  Host& host_;
  Callees callees_;
  bool precise_traps_;
  std::string cpu_;
  std::string features_;
  VectorTarget vector_target_;
  llvm::DIBuilder debug_;
  llvm::DIFile* file_;
  llvm::DISubroutineType* subroutine_;
  llvm::FunctionCallee trap_;
  llvm::FunctionCallee runtime_call_;
  llvm::FunctionCallee anchor_;
  llvm::MDNode* scope_lists_[kMemoryClasses];
  llvm::MDNode* read_noalias_[kMemoryClasses];
  llvm::MDNode* write_noalias_[kMemoryClasses];
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_IR_TYPES_H_

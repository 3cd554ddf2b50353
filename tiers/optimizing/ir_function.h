// FunctionBuilder: the sink that makes LLVM IR of one function (protocol: tiers/decode/sink.h), in
// SSA form at once: locals and operands are values, with phis where control meets.
//
// The body of an OSR entry is the whole function as well; it begins at the loop's header, where
// every local and operand is a phi of what comes from the frame and what comes from the code
// before. That code is removed in the end, unless a loop around this one leads there again.
#ifndef WASMTIER_TIERS_OPTIMIZING_IR_FUNCTION_H_
#define WASMTIER_TIERS_OPTIMIZING_IR_FUNCTION_H_

#include <llvm/IR/IRBuilder.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "profiler/feedback.h"
#include "runtime/call_convention.h"
#include "runtime/model/module.h"
#include "runtime/runtime_calls.h"
#include "runtime/trap.h"
#include "tiers/decode/sink.h"
#include "tiers/optimizing/ir_loops.h"
#include "tiers/optimizing/ir_types.h"
#include "tiers/optimizing/ir_vector.h"

namespace wasmtier::optimizing {

class FunctionBuilder {
 public:
  static constexpr bool kIgnoresCode = false;

  // `feedback`: what the baseline's code counted; null if there is none.
  FunctionBuilder(IrTypes& types, llvm::Function* function, const WrittenLocals& written,
                  std::optional<uint32_t> osr_loop, profiler::FunctionFeedback* feedback);

  // Empty, or why the body cannot be built.
  const std::string& error() const { return error_; }

  // ir_function.cc
  void BeginFunction(const decode::BodyState& state);
  void EndFunction();
  // ir_control.cc
  void Block(const decode::Control& control);
  void Loop(const decode::Control& control);
  void If(const decode::Control& control);
  void Else(const decode::Control& control, bool reachable);
  void End(const decode::Control& control, bool reachable);
  void Br(uint32_t depth);
  void BrIf(uint32_t depth);
  void BrTable(decode::BrTableReader targets);
  void Return();
  void Unreachable();
  void BrOnNull(uint32_t depth);
  void BrOnNonNull(uint32_t depth);
  // ir_bulk_memory.cc
  std::optional<uint32_t> SmallLength() const;
  llvm::Value* CheckedRange(uint32_t memory, llvm::Value* index, uint32_t bytes);
  void StoreLinear(llvm::Value* value, llvm::Value* address);
  bool FillInline(uint32_t memory);
  bool CopyInline(uint32_t destination, uint32_t source);

  // ir_variables.cc
  void Nop() {}
  void Drop() { Pop(); }
  void Select(runtime::ValueType type);
  void LocalGet(uint32_t local);
  void LocalSet(uint32_t local);
  void LocalTee(uint32_t local);
  void GlobalGet(uint32_t global);
  void GlobalSet(uint32_t global);
  void TableGet(uint32_t table);
  void TableSet(uint32_t table);
  void TableSize(uint32_t table);
  void Const(runtime::ValueType type, uint64_t bits);
  void RefNull(runtime::ValueType type);
  void RefIsNull();
  void RefFunc(uint32_t function);
  void RefAsNonNull();
  // ir_calls.cc
  void Call(uint32_t function);
  void CallIndirect(uint32_t type, uint32_t table);
  void CallRef(uint32_t type);
  void ReturnCall(uint32_t function);
  void ReturnCallIndirect(uint32_t type, uint32_t table);
  void ReturnCallRef(uint32_t type);
  // ir_numeric.cc
  template <decode::Opcode op>
  void Unary() {
    EmitUnary(op);
  }
  template <decode::Opcode op>
  void Test() {
    EmitUnary(op);
  }
  template <decode::Opcode op>
  void Convert() {
    EmitConversion(op);
  }
  template <decode::Opcode op>
  void Binary() {
    EmitBinary(op);
  }
  template <decode::Opcode op>
  void Compare() {
    EmitComparison(op);
  }
  // ir_memory.cc
  template <decode::Opcode op>
  void Load(const decode::MemoryArgument& argument) {
    EmitLoad(op, argument);
  }
  template <decode::Opcode op>
  void Store(const decode::MemoryArgument& argument) {
    EmitStore(op, argument);
  }
  void MemorySize(uint32_t memory);
  void MemoryGrow(uint32_t memory);
  void MemoryFill(uint32_t memory);
  void MemoryCopy(uint32_t destination, uint32_t source);
  void MemoryInit(uint32_t data, uint32_t memory);
  void DataDrop(uint32_t data);
  void TableInit(uint32_t element, uint32_t table);
  void ElementDrop(uint32_t element);
  void TableCopy(uint32_t destination, uint32_t source);
  void TableGrow(uint32_t table);
  void TableFill(uint32_t table);
  // ir_vector_sink.cc
  void VectorConst(const uint8_t* bytes);
  void VectorShuffle(const uint8_t* lanes);
  template <decode::Opcode op>
  void VectorUnary() {
    EmitVector(op);
  }
  template <decode::Opcode op>
  void VectorBinary() {
    EmitVector(op);
  }
  template <decode::Opcode op>
  void VectorTernary() {
    EmitVector(op);
  }
  template <decode::Opcode op>
  void VectorShift() {
    EmitVector(op);
  }
  template <decode::Opcode op>
  void VectorTest() {
    EmitVector(op);
  }
  template <decode::Opcode op>
  void VectorSplat() {
    EmitVector(op);
  }
  template <decode::Opcode op>
  void VectorExtractLane(uint32_t lane) {
    EmitExtractLane(op, lane);
  }
  template <decode::Opcode op>
  void VectorReplaceLane(uint32_t lane) {
    EmitReplaceLane(op, lane);
  }
  template <decode::Opcode op>
  void VectorLoad(const decode::MemoryArgument& argument) {
    EmitVectorLoad(op, argument);
  }
  template <decode::Opcode op>
  void VectorStore(const decode::MemoryArgument& argument) {
    EmitVectorStore(op, argument);
  }
  template <decode::Opcode op>
  void VectorLoadLane(const decode::MemoryArgument& argument, uint32_t lane) {
    EmitLoadLane(op, argument, lane);
  }
  template <decode::Opcode op>
  void VectorStoreLane(const decode::MemoryArgument& argument, uint32_t lane) {
    EmitStoreLane(op, argument, lane);
  }
  template <decode::Opcode op>
  void Unsupported() {
    Refuse(op);
  }

 private:
  // The values of all locals; shared until one is written.
  using Locals = std::shared_ptr<const std::vector<llvm::Value*>>;

  // A jump to a label.
  struct Edge {
    llvm::BasicBlock* from;
    Locals locals;
    // What the label takes; below it, in an OSR body, all other operands.
    std::vector<llvm::Value*> operands;
    double count = 0;  // how often it was taken, as far as the feedback tells
  };

  // What is kept of a block beside decode::Control.
  struct Label {
    decode::ControlKind kind;
    uint32_t height;     // operands below the parameters
    uint32_t first;      // the operand that the phis begin with: height, or 0 (OSR bodies)
    uint32_t arity = 0;  // of a jump to it
    llvm::BasicBlock* target = nullptr;  // made by the first jump; a loop's header
    std::vector<Edge> edges = {};        // not of loops
    // Of loops.
    std::vector<std::pair<uint32_t, llvm::PHINode*>> local_phis = {};
    std::vector<llvm::PHINode*> operand_phis = {};
    double back_count = 0;  // of jumps back
    // Of an `if`: where its condition was false.
    llvm::BasicBlock* otherwise = nullptr;
    double otherwise_count = 0;
    Locals otherwise_locals = {};
    std::vector<llvm::Value*> otherwise_operands = {};  // from 0 on
  };

  // What a call site calls mostly, by its feedback.
  struct LikelyCallees {
    struct Callee {
      uint32_t function;
      double count;
    };
    double calls = 0;                  // all of the site's
    std::vector<Callee> callees = {};  // the most frequent first
  };

  // A function that is called through a reference to it.
  struct Callee {
    llvm::Value* target;   // machine code
    llvm::Value* context;  // VMContext
    llvm::Value* slot;     // address of the entry slot
  };

  // ir_function.cc
  void Refuse(decode::Opcode opcode);
  void Here();
  llvm::BasicBlock* NewBlock(const char* name);
  void Push(llvm::Value* value) { operands_.push_back(value); }
  llvm::Value* Pop() {
    llvm::Value* const value = operands_.back();
    operands_.pop_back();
    return value;
  }
  void SetLocalValue(uint32_t local, llvm::Value* value);
  void LoadParameters();
  void LoadFrame(const Label& label, std::span<const runtime::ValueType> params);
  llvm::Value* LoadContext(size_t offset, llvm::Type* type, const char* name);
  llvm::Value* LoadInvariant(llvm::Value* base, size_t offset, llvm::Type* type, const char* name);
  llvm::Value* LoadField(llvm::Value* base, size_t offset, llvm::Type* type, const char* name);
  llvm::Value* At(llvm::Value* base, uint64_t offset);
  llvm::Value* ToBool(llvm::Value* value);
  llvm::Value* FromBool(llvm::Value* value) { return ir_.CreateZExt(value, types_.i32()); }
  llvm::MDNode* Unlikely();
  void TrapIf(llvm::Value* condition, runtime::TrapCode code);
  void TrapIf(llvm::Value* condition, llvm::Value* code);
  void EmitTrap(llvm::Value* code);
  llvm::Value* CallArea();
  llvm::Value* MemoryBase();

  // ir_control.cc
  Label& LabelAt(uint32_t depth) { return labels_[labels_.size() - 1 - depth]; }
  void PushLabel(const decode::Control& control);
  llvm::BasicBlock* Target(Label& label);
  Edge MakeEdge(const Label& label, double count) const;
  void AddEdge(Label& label, double count);
  void Jump(uint32_t depth);
  void JumpIf(llvm::Value* condition, uint32_t depth, std::optional<double> taken);
  void AddPhis(Label& label, std::span<const runtime::ValueType> params);
  void Merge(Label& label, std::span<const runtime::ValueType> results);
  void TakeSingleEdge(const Label& label);
  void StartDead(const Label& label, std::span<const runtime::ValueType> results);
  void EmitReturn();
  void EnterUnreachable() { ir_.ClearInsertionPoint(); }

  // ir_numeric.cc
  void EmitUnary(decode::Opcode opcode);
  void EmitBinary(decode::Opcode opcode);
  void EmitComparison(decode::Opcode opcode);
  void EmitConversion(decode::Opcode opcode);
  llvm::Value* Divide(decode::Opcode opcode, llvm::Value* a, llvm::Value* b);
  llvm::Value* FloatArithmetic(decode::Opcode opcode, llvm::Value* a, llvm::Value* b);
  llvm::Value* MinOrMax(bool is_min, llvm::Value* a, llvm::Value* b);
  llvm::Value* Canonical(llvm::Value* value);
  llvm::Value* Truncate(llvm::Value* value, llvm::Type* type, bool is_signed);

  // ir_memory.cc
  void EmitLoad(decode::Opcode opcode, const decode::MemoryArgument& argument);
  void EmitStore(decode::Opcode opcode, const decode::MemoryArgument& argument);
  llvm::Value* Address(llvm::Value* index, const decode::MemoryArgument& argument, uint32_t bytes);
  llvm::Value* CheckedAddress(llvm::Value* index, const decode::MemoryArgument& argument,
                              uint32_t bytes);
  llvm::Value* MemoryView(uint32_t memory);
  void RuntimeCall(runtime::RuntimeCall call, uint32_t operands, uint32_t immediate,
                   uint32_t immediate2, std::optional<runtime::ValueType> result);

  // ir_vector_sink.cc
  void PushVector(llvm::Value* value);
  llvm::Value* PopVector(const Lanes& lanes);
  void EmitVector(decode::Opcode opcode);
  void EmitExtractLane(decode::Opcode opcode, uint32_t lane);
  void EmitReplaceLane(decode::Opcode opcode, uint32_t lane);
  void EmitVectorLoad(decode::Opcode opcode, const decode::MemoryArgument& argument);
  void EmitVectorStore(decode::Opcode opcode, const decode::MemoryArgument& argument);
  void EmitLoadLane(decode::Opcode opcode, const decode::MemoryArgument& argument, uint32_t lane);
  void EmitStoreLane(decode::Opcode opcode, const decode::MemoryArgument& argument, uint32_t lane);
  llvm::Value* LoadAt(llvm::Value* address, llvm::Type* type);
  void StoreAt(llvm::Value* address, llvm::Value* value);

  // ir_variables.cc
  llvm::Value* GlobalCell(uint32_t global);
  llvm::Value* TableView(uint32_t table);
  llvm::Value* TableElement(uint32_t table, llvm::Value* index, runtime::TrapCode code);

  // ir_feedback.cc
  std::optional<double> NextBranchCount();
  llvm::MDNode* Weights(double taken, double not_taken);
  LikelyCallees NextLikelyCallees(uint32_t type);

  // ir_calls.cc
  Callee ImportedCallee(uint32_t function);
  Callee ReferencedCallee(llvm::Value* reference);
  llvm::Value* IndirectReference(uint32_t table);
  void CheckType(llvm::Value* reference, uint32_t type);
  void CallReference(llvm::Value* reference, uint32_t type, bool check_type, bool is_tail);
  llvm::Value* EntrySlot(uint32_t function);
  void CallDirect(uint32_t function, bool is_tail);
  void EmitCall(const runtime::FuncType& type, const Callee& callee, bool is_tail);
  std::vector<llvm::Value*> PassArguments(const runtime::FuncType& type, const Callee& callee);
  void TakeResults(const runtime::FuncType& type, llvm::CallInst* call);

  IrTypes& types_;
  const runtime::Module& module_;
  llvm::Function* const function_;
  const WrittenLocals& written_;
  const std::optional<uint32_t> osr_loop_;
  llvm::IRBuilder<> ir_;
  const decode::BodyState* state_ = nullptr;
  std::string error_;

  llvm::Value* context_ = nullptr;      // VMContext
  llvm::BasicBlock* entry_ = nullptr;   // runs before everything
  llvm::AllocaInst* slots_ = nullptr;   // of runtime calls
  llvm::Value* memory_base_ = nullptr;  // of memory 0, if it is reserved; loaded in the entry
  llvm::Value* call_area_ = nullptr;
  std::shared_ptr<std::vector<llvm::Value*>> locals_;
  std::vector<llvm::Value*> operands_;
  std::vector<Label> labels_;
  uint32_t loops_ = 0;
  profiler::FunctionFeedback* const feedback_;
  uint32_t branches_ = 0;
  uint32_t call_sites_ = 0;
  double count_ = 0;  // how often the current code ran
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_IR_FUNCTION_H_

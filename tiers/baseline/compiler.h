// Compiler: the sink that makes machine code (protocol: tiers/decode/sink.h), the second of two
// walks over a body. The first (scan.h) has counted what the function does; from that homes.h has
// decided where the locals live.
//
// Operands are pushed lazily (value_stack.h): local.get and constants emit nothing and fold into
// what uses them, a comparison stays in the flags if a branch or select comes next, and what
// local.set comes after is computed into the local's home. Where control flow joins, every path
// finds the same: locals in their homes, operands that lie below a block in their frame slots, the
// only result of a block in a fixed register, several results or a loop's parameters in slots.
#ifndef WASMTIER_TIERS_BASELINE_COMPILER_H_
#define WASMTIER_TIERS_BASELINE_COMPILER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "profiler/feedback.h"
#include "runtime/call_convention.h"
#include "runtime/module_code.h"
#include "runtime/runtime_calls.h"
#include "runtime/vm_context.h"
#include "tiers/baseline/fold.h"
#include "tiers/baseline/frame_layout.h"
#include "tiers/baseline/homes.h"
#include "tiers/baseline/masm.h"
#include "tiers/baseline/parallel_move.h"
#include "tiers/baseline/scan.h"
#include "tiers/baseline/value_stack.h"
#include "tiers/decode/null_sink.h"
#include "tiers/decode/sink.h"

namespace wasmtier::baseline {

class Compiler {
 public:
  static constexpr bool kIgnoresCode = false;

  explicit Compiler(Masm& masm) : masm_(masm), homes_(masm), values_(masm, homes_) {}

  // Before each body. `feedback`: where to count, or null. `has_listing`: whether the Masm writes
  // one.
  void Prepare(runtime::ModuleCode& code, const BodySummary& summary,
               profiler::FunctionFeedback* feedback, bool has_listing) {
    code_ = &code;
    module_ = &code.module();
    summary_ = &summary;
    feedback_ = feedback;
    has_listing_ = has_listing;
  }
  // Whether the code was given up because it got too long: it must not run.
  bool is_too_large() const { return is_too_large_; }
  uint32_t prologue_size() const { return prologue_size_; }
  const std::vector<runtime::OsrEntry>& osr_entries() const { return osr_entries_; }
  const FrameLayout& frame() const { return frame_; }

  void BeginFunction(const decode::BodyState& state);
  void EndFunction();
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
  void Nop() {}
  void Drop() { values_.Release(values_.Pop()); }
  void Select(runtime::ValueType type);
  void LocalGet(uint32_t local) { values_.PushLocal(local); }
  void LocalSet(uint32_t local);
  void LocalTee(uint32_t local);
  void GlobalGet(uint32_t global);
  void GlobalSet(uint32_t global);
  void TableGet(uint32_t table);
  void TableSet(uint32_t table);
  void Const(runtime::ValueType type, uint64_t bits) { values_.PushConstant(TypeOf(type), bits); }
  void RefNull(runtime::ValueType) { values_.PushConstant(Type::kI64, 0); }
  void RefIsNull() { EmitTest(decode::Opcode::kI64Eqz); }
  void RefFunc(uint32_t function);
  void RefAsNonNull();
  void BrOnNull(uint32_t depth);
  void BrOnNonNull(uint32_t depth);
  void Call(uint32_t function) { CallFunction(function, false); }
  void CallIndirect(uint32_t type, uint32_t table) { CallThroughTable(type, table, false); }
  void CallRef(uint32_t type) { CallReference(type, false); }
  void ReturnCall(uint32_t function) { CallFunction(function, true); }
  void ReturnCallIndirect(uint32_t type, uint32_t table) { CallThroughTable(type, table, true); }
  void ReturnCallRef(uint32_t type) { CallReference(type, true); }
  template <decode::Opcode op>
  void Unary() {
    if (!TryFold<op>()) EmitUnary(op);
  }
  template <decode::Opcode op>
  void Convert() {
    if (!TryFold<op>()) EmitUnary(op);
  }
  template <decode::Opcode op>
  void Binary() {
    if (!TryFold<op>()) EmitBinary(op);
  }
  template <decode::Opcode op>
  void Compare() {
    if (!TryFold<op>()) EmitCompare(op);
  }
  template <decode::Opcode op>
  void Test() {
    if (!TryFold<op>()) EmitTest(op);
  }
  template <decode::Opcode op>
  void Load(const decode::MemoryArgument& argument) {
    EmitLoad(op, argument);
  }
  template <decode::Opcode op>
  void Store(const decode::MemoryArgument& argument) {
    EmitStore(op, argument);
  }
  void MemorySize(uint32_t memory);
  void MemoryGrow(uint32_t memory) { CallRuntime(runtime::RuntimeCall::kMemoryGrow, memory, 0); }
  void MemoryFill(uint32_t memory) { CallRuntime(runtime::RuntimeCall::kMemoryFill, memory, 0); }
  void MemoryCopy(uint32_t destination, uint32_t source) {
    CallRuntime(runtime::RuntimeCall::kMemoryCopy, destination, source);
  }
  void MemoryInit(uint32_t data, uint32_t memory) {
    CallRuntime(runtime::RuntimeCall::kMemoryInit, data, memory);
  }
  void DataDrop(uint32_t data) { CallRuntime(runtime::RuntimeCall::kDataDrop, data, 0); }
  void TableInit(uint32_t element, uint32_t table) {
    CallRuntime(runtime::RuntimeCall::kTableInit, element, table);
  }
  void ElementDrop(uint32_t element) {
    CallRuntime(runtime::RuntimeCall::kElementDrop, element, 0);
  }
  void TableCopy(uint32_t destination, uint32_t source) {
    CallRuntime(runtime::RuntimeCall::kTableCopy, destination, source);
  }
  void TableSize(uint32_t table);
  void TableGrow(uint32_t table) { CallRuntime(runtime::RuntimeCall::kTableGrow, table, 0); }
  void TableFill(uint32_t table) { CallRuntime(runtime::RuntimeCall::kTableFill, table, 0); }
  void VectorConst(const uint8_t* bytes) {
    values_.PushConstant(Type::kV128, masm_.VectorConstant(bytes));
  }
  void VectorShuffle(const uint8_t* lanes);
  template <decode::Opcode op>
  void VectorUnary() {
    EmitVectorUnary(op);
  }
  template <decode::Opcode op>
  void VectorBinary() {
    EmitVectorBinary(op);
  }
  template <decode::Opcode op>
  void VectorTernary() {
    EmitVectorTernary(op);
  }
  template <decode::Opcode op>
  void VectorShift() {
    EmitVectorShift(op);
  }
  template <decode::Opcode op>
  void VectorTest() {
    EmitVectorTest(op);
  }
  template <decode::Opcode op>
  void VectorSplat() {
    EmitVectorSplat(op);
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
    EmitLoad(op, argument);
  }
  template <decode::Opcode op>
  void VectorStore(const decode::MemoryArgument& argument) {
    EmitStore(op, argument);
  }
  template <decode::Opcode op>
  void VectorLoadLane(const decode::MemoryArgument& argument, uint32_t lane) {
    EmitLoadLane(op, argument, lane);
  }
  template <decode::Opcode op>
  void VectorStoreLane(const decode::MemoryArgument& argument, uint32_t lane) {
    EmitStoreLane(op, argument, lane);
  }
  // Scan has refused the body.
  template <decode::Opcode op>
  void Unsupported() {}

 private:
  // More values than this are moved by a loop, so that a short instruction cannot make a long code
  // (1,000 results and 50,000 locals are allowed).
  static constexpr uint32_t kMaxSingleMoves = 16;

  // What the compiler keeps of a block beside decode::Control.
  struct OpenBlock {
    decode::ControlKind kind;
    bool is_target = false;   // of a jump to its end
    bool is_tight = false;    // a loop that is not counted
    uint32_t first_slot = 0;  // of the parameters, or above what lies below them
    Label label;              // the end, or a loop's start
    Label else_label;         // of an `if` whose else-part has not come yet
  };
  // A loop that the interpreter may enter.
  struct OsrLoop {
    Label start;
    uint32_t slots;  // of operands at its start, parameters included
    uint32_t module_offset;
  };
  // Whom a call is to reach.
  struct Callee {
    std::atomic<void*>* slot = nullptr;  // a function of this module
    Register record;                     // else its FunctionReference
    Register context;                    // and the context that it is to run with
  };
  using Opcode = decode::Opcode;

  // compiler.cc: what all share.
  void Begin();
  void ListInstruction();
  static const uint8_t* SkipLeb(const uint8_t* position) {
    while ((*position++ & 0x80) != 0) {
    }
    return position;
  }
  static uint32_t ReadIndex(const uint8_t* position);
  const uint8_t* Next() const { return state_->instruction() + 1; }
  static bool IsLocalWrite(uint8_t byte) {
    constexpr uint8_t kLocalSet = 0x21;
    constexpr uint8_t kLocalTee = 0x22;
    return byte == kLocalSet || byte == kLocalTee;
  }
  // Whether HintedHome would have to emit copies of a local's old value.
  bool IsLocalPending(const uint8_t* next) const {
    return IsLocalWrite(*next) && values_.HoldsLocal(ReadIndex(next + 1));
  }
  Register HintedHome(const uint8_t* next, Type type);
  Register Destination(const uint8_t* next, Type type, const Value& a);
  void Push(Type type, Register reg) { values_.PushRegister(type, reg); }
  void CopyWords(Register to, Register from, uint32_t count);
  void CopySlots(uint32_t to, uint32_t from, uint32_t count);
  void AddressOfSlot(Register reg, uint32_t position) {
    masm_.LoadFrameAddress(reg, frame_.OperandOffset(position));
  }
  void LoadContextWord(Register reg, size_t field);
  Register ContextWord(size_t field);
  Register ContextElement(size_t field, uint32_t index);
  int32_t LocalOffset(uint32_t local) const { return frame_.LocalOffset(homes_.slot(local)); }
  // Of a slot of the call area, in the StoreBlock.
  static int32_t CallAreaOffset(uint32_t slot) {
    return static_cast<int32_t>(offsetof(runtime::StoreBlock, call_area) + size_t{slot} * 8);
  }

  // compiler_entry.cc: how the function is entered.
  void TakeParameters();
  void ClearLocals();
  void EmitOsrEntry(const OsrLoop& loop, uint32_t ordinal);
  void LoadOsrLocals(Register frame);

  // compiler_numeric.cc
  template <decode::Opcode op>
  bool TryFold() {
    constexpr int kOperands = decode::Info(op).signature.param_count;
    if (pending_shift_ != 0) return false;
    for (int i = 0; i < kOperands; ++i) {
      if (!values_.Top(static_cast<uint32_t>(i)).IsConstant()) return false;
    }
    const uint64_t b = values_.Top().bits;
    const uint64_t a = kOperands == 2 ? values_.Top(1).bits : b;
    uint64_t result;
    if (!Fold<op>(a, b, &result)) return false;
    values_.DropTo(values_.height() - kOperands);
    values_.PushConstant(TypeOf(decode::Info(op).signature.result), result);
    return true;
  }
  void EmitUnary(Opcode opcode);
  void EmitBinary(Opcode opcode);
  bool StartScaledAdd(Opcode opcode);
  void FinishScaledAdd(Opcode opcode);
  void PrepareDivision(Value& a, Value& b);
  void EmitCompare(Opcode opcode);
  void EmitTest(Opcode opcode);
  bool ConsumesFlags(const uint8_t* next) const;
  void PrepareFlagsConsumer(const uint8_t* next);
  void PushCondition(Condition condition, bool in_flags, Register destination);
  Condition PopCondition();

  // compiler_control.cc
  OpenBlock& BlockAt(uint32_t depth) { return blocks_[blocks_.size() - 1 - depth]; }
  bool IsReturn(uint32_t depth) const {
    return state_->label(depth).kind == decode::ControlKind::kFunction;
  }
  // Whether the label's values are to be in slots, not in the result register.
  static bool TakesSlots(const OpenBlock& block, size_t count) {
    return block.kind == decode::ControlKind::kLoop || count > 1;
  }
  void OpenBlockOf(const decode::Control& control);
  Label TargetOf(OpenBlock& block);
  bool ReturnsNext() const;
  void MoveToLabel(const OpenBlock& block, uint32_t count);
  void PushLabelValues(const OpenBlock& block, std::span<const runtime::ValueType> types);
  void PrepareBranchValues(uint32_t depth);
  void BranchIf(Condition condition, uint32_t depth);
  void JumpToLabel(uint32_t depth);
  void KeepFromResultRegister(Value& value);
  void EmitReturn();
  void Leave();

  // compiler_calls.cc
  void CallFunction(uint32_t function, bool is_tail_call);
  void CallThroughTable(uint32_t type, uint32_t table, bool is_tail_call);
  void CallReference(uint32_t type, bool is_tail_call);
  void EmitCall(const runtime::FuncType& type, const Callee& callee, bool is_tail_call);
  static Register ArgumentRegister(const runtime::ArgumentPlace& place) {
    const RegisterRoles& roles = Roles();
    return place.kind == runtime::ArgumentPlace::Kind::kIntegerRegister
               ? roles.integer_arguments[place.index]
               : roles.float_arguments[place.index];
  }
  static Register FirstResultRegister(Type type) {
    return IsFloat(type) ? Roles().float_result : Roles().integer_result;
  }
  void StoreStackArguments(const runtime::FuncType& type);
  void StoreRun(Register call_area, uint32_t first_position, uint32_t first_slot, uint32_t count);
  void StoreToCallArea(std::span<const runtime::ValueType> types, runtime::ArgumentPlacer placer,
                       uint32_t base);
  bool HasRoomForMoves();
  static bool LeavesSlotsFree(std::span<const runtime::ValueType> types);
  void CopyResults(std::span<const runtime::ValueType> types, uint32_t slot, Register call_area);
  void LoadResults(std::span<const runtime::ValueType> types, uint32_t slot, Register call_area);
  void PlaceArguments(const runtime::FuncType& type, const Callee& callee);
  void PushResults(const runtime::FuncType& type);
  Callee DirectCallee(uint32_t function);
  Register ImportRecord(uint32_t function);
  Value PopCallee(const runtime::FuncType& type);
  Register TableRecord(uint32_t type, uint32_t table, Value index);
  Register ReferenceRecord(Value reference);
  Callee CalleeOf(Register record);
  void PrepareArguments(const runtime::FuncType& type, bool is_tail_call);
  void CallRuntime(runtime::RuntimeCall call, uint32_t immediate, uint32_t immediate2);

  // compiler_memory.cc
  void EmitLoad(Opcode opcode, const decode::MemoryArgument& argument);
  void EmitStore(Opcode opcode, const decode::MemoryArgument& argument);
  const uint8_t* BehindMemoryArgument() const;
  Masm::Place PlaceOf(const decode::MemoryArgument& argument, const Operand& address);
  bool IsChecked(const decode::MemoryArgument& argument) const;
  bool Is64Memory(uint32_t memory) const;
  Register MemoryBase();
  Register MemoryViewOf(uint32_t memory);
  Register TableViewOf(uint32_t table);
  void AddressElement(Register view, Value index, runtime::TrapCode code);

  // compiler_vector.cc
  const uint8_t* BehindVectorOpcode() const { return SkipLeb(Next()); }
  void PushVector(Register reg) { Push(Type::kV128, reg); }
  void EmitVectorUnary(Opcode opcode);
  void EmitVectorBinary(Opcode opcode);
  void EmitVectorTernary(Opcode opcode);
  void EmitVectorShift(Opcode opcode);
  void EmitVectorTest(Opcode opcode);
  void EmitVectorSplat(Opcode opcode);
  bool FoldSplat(Opcode opcode);
  void EmitExtractLane(Opcode opcode, uint32_t lane);
  void EmitReplaceLane(Opcode opcode, uint32_t lane);
  void EmitLoadLane(Opcode opcode, const decode::MemoryArgument& argument, uint32_t lane);
  void EmitStoreLane(Opcode opcode, const decode::MemoryArgument& argument, uint32_t lane);

  // compiler_variables.cc
  void SetLocal(uint32_t local, const Value& value);
  Register GlobalCellOf(uint32_t global);

  // compiler_feedback.cc
  void CountCall();
  void CountLoop();
  void EmitOsrExit();
  uint32_t* BranchCounter(bool is_backward);
  void CountTarget(Register record);

  Masm& masm_;
  runtime::ModuleCode* code_ = nullptr;
  const runtime::Module* module_ = nullptr;
  const BodySummary* summary_ = nullptr;
  const decode::BodyState* state_ = nullptr;
  profiler::FunctionFeedback* feedback_ = nullptr;
  bool has_listing_ = false;
  bool check_stack_ = false;
  bool is_too_large_ = false;

  FrameLayout frame_;
  Homes homes_;
  ValueStack values_;
  std::vector<OpenBlock> blocks_;
  std::vector<OsrLoop> loops_;
  std::vector<runtime::OsrEntry> osr_entries_;
  std::vector<Value> arguments_;  // of the call being made
  // Of br_table: what each depth's values need, made once a depth.
  struct TableStub {
    uint32_t table = 0;  // that the label is of
    Label label;
  };
  std::vector<TableStub> table_stubs_;
  std::vector<uint32_t> stub_depths_;
  std::vector<Label> table_labels_;
  uint32_t tables_ = 0;
  Label return_label_;  // of branches to the end of a function without results
  Label osr_exit_;      // where loops go that leave for better code
  // An i32.shl by 1...3 that the next addition takes in; on the left or on the right of it.
  uint8_t pending_shift_ = 0;
  bool shift_is_left_ = false;
  uint32_t prologue_size_ = 0;
  // Next numbers of feedback counters.
  uint32_t next_branch_ = 0;
  uint32_t next_call_site_ = 0;
  bool is_small_ = false;     // the function: only callees are counted
  uint32_t tight_loops_ = 0;  // open ones whose iterations are not counted
};

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_COMPILER_H_

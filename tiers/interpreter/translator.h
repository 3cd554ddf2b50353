// Translator: the sink that makes slot bytecode (protocol: tiers/decode/sink.h; layout:
// bytecode.h).
//
// Operands are pushed lazily: local.get and constants emit nothing and fold into what uses them,
// results go to the slot of their stack position and stay in an accumulator. Whenever control may
// come from elsewhere (blocks, branches), operands are first brought into their own slots, so that
// every path finds the same.
#ifndef WASMTIER_TIERS_INTERPRETER_TRANSLATOR_H_
#define WASMTIER_TIERS_INTERPRETER_TRANSLATOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "runtime/module_code.h"
#include "runtime/relaxed_simd.h"
#include "runtime/runtime_calls.h"
#include "tiers/decode/null_sink.h"
#include "tiers/decode/sink.h"
#include "tiers/interpreter/bytecode_writer.h"
#include "tiers/interpreter/operand.h"

namespace wasmtier::interpreter {

class Translator {
 public:
  static constexpr bool kIgnoresCode = false;

  // `positions`, if given, gets the source of every instruction.
  Translator(const runtime::Module& module, runtime::MemoryStrategy strategy,
             runtime::RelaxedSimd relaxed_simd, runtime::FunctionState* states,
             std::vector<SourcePosition>* positions)
      : module_(module),
        strategy_(strategy),
        relaxed_simd_(relaxed_simd),
        states_(states),
        positions_(positions) {}

  // Of the function decoded last: empty, or why it cannot be run by this tier.
  const std::string& error() const { return error_; }
  // Whether that is the only reason.
  bool frame_is_too_large() const { return frame_is_too_large_; }
  std::span<const uint8_t> code() const { return writer_.code(); }
  uint32_t header_slot() const { return header_slot_; }

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
  void Drop() { Pop(); }
  void Select(runtime::ValueType type);
  void LocalGet(uint32_t local);
  void LocalSet(uint32_t local);
  void LocalTee(uint32_t local);
  void GlobalGet(uint32_t global);
  void GlobalSet(uint32_t global);
  void TableGet(uint32_t table);
  void TableSet(uint32_t table);
  void Const(runtime::ValueType type, uint64_t bits);
  void RefNull(runtime::ValueType type) { Const(type, 0); }
  void RefIsNull();
  void RefFunc(uint32_t function) {
    EmitRuntimeCall(runtime::RuntimeCall::kRefFunc, 0, 1, function, 0);
  }
  void RefAsNonNull();
  void BrOnNull(uint32_t depth);
  void BrOnNonNull(uint32_t depth);
  void CallRef(uint32_t type);
  void ReturnCallRef(uint32_t type);
  void Call(uint32_t function);
  void CallIndirect(uint32_t type, uint32_t table);
  void ReturnCall(uint32_t function);
  void ReturnCallIndirect(uint32_t type, uint32_t table);
  template <decode::Opcode op>
  void Unary() {
    EmitUnary(op);
  }
  template <decode::Opcode op>
  void Test() {
    EmitTest(op);
  }
  template <decode::Opcode op>
  void Convert() {
    EmitUnary(op);
  }
  template <decode::Opcode op>
  void Binary() {
    EmitBinary(op);
  }
  template <decode::Opcode op>
  void Compare() {
    EmitBinary(op);
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
  void MemoryGrow(uint32_t memory) {
    EmitRuntimeCall(runtime::RuntimeCall::kMemoryGrow, 1, 1, memory, 0);
  }
  void MemoryFill(uint32_t memory);
  void MemoryCopy(uint32_t destination, uint32_t source);
  void MemoryInit(uint32_t data, uint32_t memory) {
    EmitRuntimeCall(runtime::RuntimeCall::kMemoryInit, 3, 0, data, memory);
  }
  void DataDrop(uint32_t data) { EmitRuntimeCall(runtime::RuntimeCall::kDataDrop, 0, 0, data, 0); }
  void TableInit(uint32_t element, uint32_t table) {
    EmitRuntimeCall(runtime::RuntimeCall::kTableInit, 3, 0, element, table);
  }
  void ElementDrop(uint32_t element) {
    EmitRuntimeCall(runtime::RuntimeCall::kElementDrop, 0, 0, element, 0);
  }
  void TableCopy(uint32_t destination, uint32_t source) {
    EmitRuntimeCall(runtime::RuntimeCall::kTableCopy, 3, 0, destination, source);
  }
  void TableSize(uint32_t table) {
    EmitRuntimeCall(runtime::RuntimeCall::kTableSize, 0, 1, table, 0);
  }
  void TableGrow(uint32_t table) {
    EmitRuntimeCall(runtime::RuntimeCall::kTableGrow, 2, 1, table, 0);
  }
  void TableFill(uint32_t table) {
    EmitRuntimeCall(runtime::RuntimeCall::kTableFill, 3, 0, table, 0);
  }
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
    EmitVectorLane(op, lane);
  }
  template <decode::Opcode op>
  void VectorReplaceLane(uint32_t lane) {
    EmitVectorLane(op, lane);
  }
  template <decode::Opcode op>
  void VectorLoad(const decode::MemoryArgument& argument) {
    EmitVectorMemory(op, argument, 0);
  }
  template <decode::Opcode op>
  void VectorStore(const decode::MemoryArgument& argument) {
    EmitVectorMemory(op, argument, 0);
  }
  template <decode::Opcode op>
  void VectorLoadLane(const decode::MemoryArgument& argument, uint32_t lane) {
    EmitVectorMemory(op, argument, lane);
  }
  template <decode::Opcode op>
  void VectorStoreLane(const decode::MemoryArgument& argument, uint32_t lane) {
    EmitVectorMemory(op, argument, lane);
  }
  template <decode::Opcode op>
  void Unsupported() {
    Refuse(op);
  }

 private:
  static constexpr uint32_t kNoFixup = UINT32_MAX;
  // More moves than this become one instruction, so that a short br cannot make a long code (1,000
  // results are allowed).
  static constexpr uint32_t kMaxSingleMoves = 4;
  // Unmaterialized locals on the operand stack: so many are searched when a local is written.
  static constexpr size_t kMaxLocalOperands = 64;

  // What the translator keeps of a block beside decode::Control.
  struct Label {
    decode::ControlKind kind;
    uint32_t height;      // operands below the parameters
    uint32_t position;    // of a loop's start
    uint32_t loop;        // its ordinal
    uint32_t fixups;      // list of jumps to the end
    uint32_t else_fixup;  // the jump of an `if` to its else-part
  };
  // A distance that is filled in once its target is known.
  struct Fixup {
    uint32_t field;
    uint32_t instruction;
    uint32_t next;
  };
  // A source of an instruction, as it is written into it.
  struct Source {
    Form form;
    uint32_t slot;
    uint64_t bits;
    bool is_f64;
  };

  // translator.cc: operands.
  void Refuse(decode::Opcode opcode);
  Operand& Push(runtime::ValueType type);
  Operand Pop();
  void PushResult(runtime::ValueType type, bool in_accumulator = false);
  void DropTo(uint32_t height);
  Operand& Top(uint32_t from_top = 0) { return operands_[operands_.size() - 1 - from_top]; }
  void Materialize(uint32_t index);
  void MaterializeTop(uint32_t count);
  bool MaterializeTwo(uint32_t index);
  void MaterializeLocal(uint32_t slot);
  void MaterializeBelow(uint32_t height);
  uint32_t SlotAt(uint32_t height) const;
  void EmitCopy(uint32_t destination, const Operand& source);
  void EmitConst(uint32_t destination, uint64_t bits);
  bool IsMirrored(const Operand& operand) const;
  static bool FitsImmediate(const Operand& operand);
  void Prepare(uint32_t index, bool allow_immediate);
  Source SourceOf(uint32_t index, bool allow_accumulator = true) const;
  void WriteSource(const Source& source);
  void SetLocal(uint32_t slot, bool keep);
  void BecomeLocal(uint32_t slot);

  // translator_numeric.cc.
  void EmitBinary(decode::Opcode opcode);
  void EmitUnary(decode::Opcode opcode);
  void EmitTest(decode::Opcode opcode);
  bool InvertLastComparison();
  static bool InverseComparison(decode::Opcode opcode, decode::Opcode* inverse);
  void EmitLoad(decode::Opcode opcode, const decode::MemoryArgument& argument);
  const BytecodeWriter::Last* LastOfTwo(uint32_t* computed, uint32_t* other) const;
  bool EmitScaledAdd();
  bool EmitBinaryPair(decode::Opcode opcode);
  static Handler AddressHandler(decode::Opcode opcode, const BytecodeWriter::Last* last,
                                const Form* value);
  bool IsPlain(uint32_t memory) const;
  void EmitAnyLoad(decode::Opcode opcode, const decode::MemoryArgument& argument);
  void EmitAnyStore(decode::Opcode opcode, const decode::MemoryArgument& argument);
  bool EmitAddressLoad(decode::Opcode opcode, const decode::MemoryArgument& argument);
  bool EmitAddressStore(decode::Opcode opcode, const decode::MemoryArgument& argument);
  void EmitStore(decode::Opcode opcode, const decode::MemoryArgument& argument);
  void EmitRuntimeCall(runtime::RuntimeCall call, uint32_t operands, uint32_t results,
                       uint32_t immediate, uint32_t immediate2);

  // translator_vector.cc.
  void EmitVector(decode::Opcode opcode);
  void EmitVectorLane(decode::Opcode opcode, uint32_t lane);
  void EmitVectorMemory(decode::Opcode opcode, const decode::MemoryArgument& argument,
                        uint32_t lane);
  void EmitVectorOperands(decode::Opcode opcode);
  void EmitVectorSelect();
  void PushDestination(runtime::ValueType type);

  // translator_control.cc.
  void PushLabel(const decode::Control& control);
  void ResetOperands(uint32_t height, std::span<const runtime::ValueType> types);
  uint32_t AddFixup(uint32_t list, uint32_t field, uint32_t instruction);
  void BindFixups(uint32_t list);
  Label& LabelAt(uint32_t depth) { return labels_[labels_.size() - 1 - depth]; }
  bool IsReturn(uint32_t depth) const {
    return state_->label(depth).kind == decode::ControlKind::kFunction;
  }
  void WriteDistance(Label* label, uint32_t instruction, uint32_t* forward_fixups);
  void EmitConditionalJump(Label* label, bool negated, uint32_t* forward_fixups);
  bool EmitCountAndBranch(Label& label, bool negated);
  void EmitJump(Label& label);
  void MoveToLabel(const Label& label, uint32_t count);
  bool IsInPlace(const Label& label, uint32_t count) const;
  void EmitReturn();
  void EmitBranch(uint32_t depth);
  uint32_t EmitSkipIfNull(bool skip_if_null);
  void FinishCall(const runtime::FuncType& type, uint32_t base);
  uint32_t CallBase(const runtime::FuncType& type) const;
  void WriteState(uint32_t function);
  void WriteTailCall(const runtime::FuncType& type);

  const runtime::Module& module_;
  runtime::MemoryStrategy strategy_;
  runtime::RelaxedSimd relaxed_simd_;
  runtime::FunctionState* states_;
  std::vector<SourcePosition>* positions_;
  const decode::BodyState* state_ = nullptr;

  BytecodeWriter writer_;
  std::string error_;
  bool frame_is_too_large_ = false;
  std::vector<uint16_t> local_slots_;
  std::vector<Operand> operands_;
  uint32_t settled_height_ = 0;           // all operands below are in their slots
  std::vector<uint32_t> local_operands_;  // indices of operands of Kind::kLocal, ascending
  std::vector<Label> labels_;
  std::vector<Fixup> fixups_;
  absl::flat_hash_map<uint32_t, uint32_t>
      table_stubs_;  // by depth: where br_table's jump with moves lies
  uint32_t header_slot_ = 0;
  uint32_t highest_slot_ = 0;
  uint32_t frame_field_ = 0;
  uint32_t hotness_index_ = 0;
  uint32_t loops_ = 0;
};

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_TRANSLATOR_H_

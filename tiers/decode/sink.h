// The contract between BodyDecoder and the consumers of a function body (interpreter translator,
// baseline, optimizer).
//
// BodyDecoder<Checks, Sink> walks one body once. It keeps the operand stack (of types) and the
// control stack in BodyState and calls the sink by *shape*; the opcode is a template argument of
// the call, so that a sink needs no switch on opcodes.
//
// Protocol
//  * `sink.template Binary<Opcode::kI32Add>()` is called when the operands are still on BodyState's
//    operand stack (checked, if Checks says so); afterwards the decoder pops them and pushes the
//    results. A sink that has an operand stack of its own does its own pops and pushes.
//  * Unreachable code is decoded (and validated) but not reported: after Unreachable, Br, BrTable,
//    Return or a ReturnCall the next call is Else or End of a block that was reported. Blocks that
//    start in unreachable code are not reported at all.
//  * `state.offset()` is the module byte offset of the current instruction.
//  * When Block, Loop or If is called, the new control is `state.label(0)`; when Else or End is
//    called, it still is. If the end of the part before is reachable, its results are on top of the
//    operand stack; otherwise nothing above Control::height counts.
//  * `if` without `else`: End is called without Else; the missing part yields the parameters.
//  * References on the operand stack may have a subtype of what the spec's algorithm notes there.
//  * An invalid body (with Validate) stops the walk at the error: what was reported until then is
//    to be thrown away.
//
// A sink has these methods (NullSink is the empty one). `depth` counts labels outwards, 0 is the
// innermost.
//
// clang-format off
//   void BeginFunction(const BodyState&);  after the locals; the function block is label(0)
//   void EndFunction();                    after the function's End
//   void Block(const Control&);            the parameters are on the operand stack
//   void Loop(const Control&);
//   void If(const Control&);               the condition is still on top, above the parameters
//   void Else(const Control&, bool reachable);  whether the end of the then-part is reachable
//   void End(const Control&, bool reachable);   of a block, loop, if (with or without else) or of
//                                               the function (then it falls into its return)
//   void Br(uint32_t depth);
//   void BrIf(uint32_t depth);             condition on top
//   void BrTable(BrTableReader);           index on top; yields the depths, the default last
//   void Return();
//   void Unreachable();
//   void Nop();
//   void Drop();
//   void Select(ValueType);                both forms; the type of the operands
//   void LocalGet(uint32_t), LocalSet(uint32_t), LocalTee(uint32_t);
//   void GlobalGet(uint32_t), GlobalSet(uint32_t);
//   void TableGet(uint32_t), TableSet(uint32_t);
//   void Const(ValueType, uint64_t bits);  i32 and f32 zero-extended
//   void RefNull(ValueType), RefIsNull(), RefFunc(uint32_t function);
//   void Call(uint32_t function), CallIndirect(uint32_t type, uint32_t table);
//   void ReturnCall(uint32_t function), ReturnCallIndirect(uint32_t type, uint32_t table);
//   void CallRef(uint32_t type), ReturnCallRef(uint32_t type);    the reference on top
//   void RefAsNonNull();
//   void BrOnNull(uint32_t depth);     branches without the null reference on top
//   void BrOnNonNull(uint32_t depth);  branches with the reference on top
//   template <Opcode op> void Unary(), Binary(), Compare(), Test(), Convert();
//                                          Compare: two operands, Test: one operand, an i32 results
//   template <Opcode op> void Load(const MemoryArgument&), Store(const MemoryArgument&);
//   void MemorySize(uint32_t memory), MemoryGrow(uint32_t memory);
//   void MemoryFill(uint32_t memory), MemoryCopy(uint32_t destination, uint32_t source);
//   void MemoryInit(uint32_t data, uint32_t memory), DataDrop(uint32_t data);
//   void TableInit(uint32_t element, uint32_t table), ElementDrop(uint32_t element);
//   void TableCopy(uint32_t destination, uint32_t source);
//   void TableSize(uint32_t), TableGrow(uint32_t), TableFill(uint32_t);
//   void VectorConst(const uint8_t* bytes);    16 of them, little-endian; to be read at once
//   void VectorShuffle(const uint8_t* lanes);  16 numbers below 32
//   template <Opcode op> void VectorUnary(), VectorBinary(), VectorTernary();
//   template <Opcode op> void VectorShift();   a v128 and, on top, an i32 count
//   template <Opcode op> void VectorTest();    an i32 results (any_true, all_true, bitmask)
//   template <Opcode op> void VectorSplat();
//   template <Opcode op> void VectorExtractLane(uint32_t lane), VectorReplaceLane(uint32_t lane);
//   template <Opcode op> void VectorLoad(const MemoryArgument&), VectorStore(const MemoryArgument&);
//   template <Opcode op> void VectorLoadLane(const MemoryArgument&, uint32_t lane);
//   template <Opcode op> void VectorStoreLane(const MemoryArgument&, uint32_t lane);
//   template <Opcode op> void Unsupported();  an opcode that no tier executes yet (GC, exceptions,
//                                             atomics ...), in a body that is nevertheless run in
//                                             lazy mode
// clang-format on
#ifndef WASMTIER_TIERS_DECODE_SINK_H_
#define WASMTIER_TIERS_DECODE_SINK_H_

#include <cstdint>
#include <span>

#include "runtime/model/module.h"
#include "runtime/model/types.h"
#include "tiers/decode/br_table_reader.h"
#include "tiers/decode/buffer.h"
#include "tiers/decode/opcode.h"

namespace wasmtier::decode {

struct MemoryArgument {
  uint32_t memory = 0;
  uint32_t alignment = 0;  // exponent
  uint64_t offset = 0;
};

// A block's type without copies: either up to one result, or a function type of the module.
struct BlockType {
  std::span<const runtime::ValueType> params;
  std::span<const runtime::ValueType> results;
};

enum class ControlKind : uint8_t { kFunction, kBlock, kLoop, kIf, kElse, kTryTable };

struct Control {
  ControlKind kind;
  bool reachable;   // whether the code now being decoded inside it can be reached (from its own
                    // beginning)
  bool reported;    // whether the sink was told of it: it began in reachable code
  uint32_t height;  // of the operand stack (in values) below the block's parameters
  BlockType type;
  // What a branch to it carries: a loop's parameters, else the results.
  std::span<const runtime::ValueType> label_types() const {
    return kind == ControlKind::kLoop ? type.params : type.results;
  }
};

// What a sink may look at; owned by the decoder.
class BodyState {
 public:
  const runtime::Module& module() const { return *module_; }
  uint32_t function() const { return function_; }
  const runtime::FuncType& type() const { return module_->function_type(function_); }
  // Parameters first.
  std::span<const runtime::ValueType> locals() const { return {locals_.data(), local_count_}; }
  uint32_t offset() const {
    return code_offset_ + static_cast<uint32_t>(instruction_ - code_begin_);
  }

  // The bytes of the current instruction and, unless it is the body's last one, of what follows.
  const uint8_t* instruction() const { return instruction_; }

  uint32_t height() const { return static_cast<uint32_t>(top_ - operands_.data()); }
  runtime::ValueType operand(uint32_t index) const {
    return operands_.data()[index];
  }  // 0 = bottom
  const Control& label(uint32_t depth) const {
    return controls_.data()[control_count_ - 1 - depth];
  }
  uint32_t control_depth() const { return control_count_; }

 protected:
  const runtime::Module* module_ = nullptr;
  uint32_t function_ = 0;
  uint32_t local_count_ = 0;
  uint32_t control_count_ = 0;
  uint32_t code_offset_ = 0;              // of code_begin_ in the module
  const uint8_t* code_begin_ = nullptr;   // the body (or a padded copy of it)
  const uint8_t* instruction_ = nullptr;  // the current one
  runtime::ValueType* top_ =
      nullptr;  // one after the topmost operand; current when the sink is called
  Buffer<runtime::ValueType> locals_;
  Buffer<runtime::ValueType> operands_;
  Buffer<Control> controls_;
};

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_SINK_H_

#ifndef WASMTIER_TIERS_DECODE_NULL_SINK_H_
#define WASMTIER_TIERS_DECODE_NULL_SINK_H_

#include "tiers/decode/sink.h"

namespace wasmtier::decode {

// The sink of pure validation. `kIgnoresCode` lets BodyDecoder leave out the calls and what only
// they need. A sink may derive from it to implement a part of the methods; it then says `static
// constexpr bool kIgnoresCode = false`.
struct NullSink {
  static constexpr bool kIgnoresCode = true;

  void BeginFunction(const BodyState&) {}
  void EndFunction() {}
  void Block(const Control&) {}
  void Loop(const Control&) {}
  void If(const Control&) {}
  void Else(const Control&, bool) {}
  void End(const Control&, bool) {}
  void Br(uint32_t) {}
  void BrIf(uint32_t) {}
  void BrTable(BrTableReader) {}
  void Return() {}
  void Unreachable() {}
  void Nop() {}
  void Drop() {}
  void Select(runtime::ValueType) {}
  void LocalGet(uint32_t) {}
  void LocalSet(uint32_t) {}
  void LocalTee(uint32_t) {}
  void GlobalGet(uint32_t) {}
  void GlobalSet(uint32_t) {}
  void TableGet(uint32_t) {}
  void TableSet(uint32_t) {}
  void Const(runtime::ValueType, uint64_t) {}
  void RefNull(runtime::ValueType) {}
  void RefIsNull() {}
  void RefFunc(uint32_t) {}
  void Call(uint32_t) {}
  void CallIndirect(uint32_t, uint32_t) {}
  void ReturnCall(uint32_t) {}
  void ReturnCallIndirect(uint32_t, uint32_t) {}
  void CallRef(uint32_t) {}
  void ReturnCallRef(uint32_t) {}
  void RefAsNonNull() {}
  void BrOnNull(uint32_t) {}
  void BrOnNonNull(uint32_t) {}
  template <Opcode op>
  void Unary() {}
  template <Opcode op>
  void Binary() {}
  template <Opcode op>
  void Compare() {}
  template <Opcode op>
  void Test() {}
  template <Opcode op>
  void Convert() {}
  template <Opcode op>
  void Load(const MemoryArgument&) {}
  template <Opcode op>
  void Store(const MemoryArgument&) {}
  void MemorySize(uint32_t) {}
  void MemoryGrow(uint32_t) {}
  void MemoryFill(uint32_t) {}
  void MemoryCopy(uint32_t, uint32_t) {}
  void MemoryInit(uint32_t, uint32_t) {}
  void DataDrop(uint32_t) {}
  void TableInit(uint32_t, uint32_t) {}
  void ElementDrop(uint32_t) {}
  void TableCopy(uint32_t, uint32_t) {}
  void TableSize(uint32_t) {}
  void TableGrow(uint32_t) {}
  void TableFill(uint32_t) {}
  void VectorConst(const uint8_t*) {}
  void VectorShuffle(const uint8_t*) {}
  template <Opcode op>
  void VectorUnary() {}
  template <Opcode op>
  void VectorBinary() {}
  template <Opcode op>
  void VectorTernary() {}
  template <Opcode op>
  void VectorShift() {}
  template <Opcode op>
  void VectorTest() {}
  template <Opcode op>
  void VectorSplat() {}
  template <Opcode op>
  void VectorExtractLane(uint32_t) {}
  template <Opcode op>
  void VectorReplaceLane(uint32_t) {}
  template <Opcode op>
  void VectorLoad(const MemoryArgument&) {}
  template <Opcode op>
  void VectorStore(const MemoryArgument&) {}
  template <Opcode op>
  void VectorLoadLane(const MemoryArgument&, uint32_t) {}
  template <Opcode op>
  void VectorStoreLane(const MemoryArgument&, uint32_t) {}
  template <Opcode op>
  void Unsupported() {}
};

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_NULL_SINK_H_

#ifndef WASMTIER_TIERS_DECODE_REFUSES_VECTORS_H_
#define WASMTIER_TIERS_DECODE_REFUSES_VECTORS_H_

#include <cstdint>

#include "tiers/decode/sink.h"

namespace wasmtier::decode {

struct NoBase {};

// The base of a sink that has no SIMD: it reports each vector instruction to Sink's
// `Unsupported<op>()`. A sink that is derived from NullSink names it as Base.
template <typename Sink, typename Base = NoBase>
struct RefusesVectors : Base {
  void VectorConst(const uint8_t*) { Refuse<Opcode::kV128Const>(); }
  void VectorShuffle(const uint8_t*) { Refuse<Opcode::kI8x16Shuffle>(); }
  template <Opcode op>
  void VectorUnary() {
    Refuse<op>();
  }
  template <Opcode op>
  void VectorBinary() {
    Refuse<op>();
  }
  template <Opcode op>
  void VectorTernary() {
    Refuse<op>();
  }
  template <Opcode op>
  void VectorShift() {
    Refuse<op>();
  }
  template <Opcode op>
  void VectorTest() {
    Refuse<op>();
  }
  template <Opcode op>
  void VectorSplat() {
    Refuse<op>();
  }
  template <Opcode op>
  void VectorExtractLane(uint32_t) {
    Refuse<op>();
  }
  template <Opcode op>
  void VectorReplaceLane(uint32_t) {
    Refuse<op>();
  }
  template <Opcode op>
  void VectorLoad(const MemoryArgument&) {
    Refuse<op>();
  }
  template <Opcode op>
  void VectorStore(const MemoryArgument&) {
    Refuse<op>();
  }
  template <Opcode op>
  void VectorLoadLane(const MemoryArgument&, uint32_t) {
    Refuse<op>();
  }
  template <Opcode op>
  void VectorStoreLane(const MemoryArgument&, uint32_t) {
    Refuse<op>();
  }

 private:
  template <Opcode op>
  void Refuse() {
    static_cast<Sink*>(this)->template Unsupported<op>();
  }
};

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_REFUSES_VECTORS_H_

// BodyDecoder, continued: instructions whose types are in the opcode table: numeric ones, memory
// accesses, vectors, atomics.
#ifndef WASMTIER_TIERS_DECODE_BODY_DECODER_NUMERIC_H_
#define WASMTIER_TIERS_DECODE_BODY_DECODER_NUMERIC_H_

#include "tiers/decode/body_decoder.h"

namespace wasmtier::decode {

// Types an instruction by its signature; `address` takes the place of the memory's index type.
template <typename Checks, typename Sink>
template <Opcode op, typename Function>
[[gnu::always_inline]] inline Cursor BodyDecoder<Checks, Sink>::Fixed(Cursor c, ValueType address,
                                                                      Function&& report) {
  static constexpr Signature kSignature = Info(op).signature;
  static constexpr auto& kParams = kSignature.params;
  const ValueType first = kSignature.has_address ? address : kParams[0];
  if constexpr (kSignature.param_count == 1) {
    if (!RequireEach(c, first)) return Stop();
  } else if constexpr (kSignature.param_count == 2) {
    if (!RequireEach(c, first, kParams[1])) return Stop();
  } else {
    if (!RequireEach(c, first, kParams[1], kParams[2])) return Stop();
  }
  Report(c, report);
  c.top -= kSignature.param_count;
  if constexpr (kSignature.has_result) {
    // The lowest operand's place often holds the right type already.
    if constexpr (kSignature.has_address || kParams[0] != kSignature.result) {
      *c.top = kSignature.result;
    }
    ++c.top;
  }
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Unary(Cursor c) {
  UseFeature<op>();
  return Fixed<op>(c, {}, [&] { sink_.template Unary<op>(); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Binary(Cursor c) {
  UseFeature<op>();
  return Fixed<op>(c, {}, [&] { sink_.template Binary<op>(); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Compare(Cursor c) {
  UseFeature<op>();
  return Fixed<op>(c, {}, [&] { sink_.template Compare<op>(); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Test(Cursor c) {
  UseFeature<op>();
  return Fixed<op>(c, {}, [&] { sink_.template Test<op>(); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Convert(Cursor c) {
  UseFeature<op>();
  return Fixed<op>(c, {}, [&] { sink_.template Convert<op>(); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Load(Cursor c) {
  MemoryArgument argument;
  const ValueType address = ReadMemoryArgument<op>(c, argument);
  return Fixed<op>(c, address, [&] { sink_.template Load<op>(argument); });
}

template <typename Checks, typename Sink>
template <Opcode op>
[[gnu::always_inline]] inline Cursor BodyDecoder<Checks, Sink>::Store(Cursor c) {
  MemoryArgument argument;
  const ValueType address = ReadMemoryArgument<op>(c, argument);
  return Fixed<op>(c, address, [&] { sink_.template Store<op>(argument); });
}

template <typename Checks, typename Sink>
template <Opcode op>
bool BodyDecoder<Checks, Sink>::ReadLane(Cursor& c, uint8_t& lane) {
  lane = *c.pc++;
  if (!kChecked || lane < LaneCount(op)) return true;
  FailIndex(c.pc, "invalid lane index", lane);
  return false;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::VectorConst(Cursor c) {
  UseFeature<op>();
  const uint8_t* const bytes = c.pc;
  c.pc += 16;
  Report(c, [&] { sink_.VectorConst(bytes); });
  Push(c, runtime::kV128);
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::VectorShuffle(Cursor c) {
  UseFeature<op>();
  constexpr uint32_t kLanes = 32;
  const uint8_t* const lanes = c.pc;
  for (; c.pc < lanes + 16; ++c.pc) {
    if (kChecked && *c.pc >= kLanes) {
      FailIndex(c.pc + 1, "invalid lane index", *c.pc);
      return Stop();
    }
  }
  return Fixed<op>(c, {}, [&] { sink_.VectorShuffle(lanes); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::VectorUnary(Cursor c) {
  UseFeature<op>();
  return Fixed<op>(c, {}, [&] { sink_.template VectorUnary<op>(); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::VectorBinary(Cursor c) {
  UseFeature<op>();
  return Fixed<op>(c, {}, [&] { sink_.template VectorBinary<op>(); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::VectorTernary(Cursor c) {
  UseFeature<op>();
  return Fixed<op>(c, {}, [&] { sink_.template VectorTernary<op>(); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::VectorShift(Cursor c) {
  UseFeature<op>();
  return Fixed<op>(c, {}, [&] { sink_.template VectorShift<op>(); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::VectorTest(Cursor c) {
  UseFeature<op>();
  return Fixed<op>(c, {}, [&] { sink_.template VectorTest<op>(); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::VectorSplat(Cursor c) {
  UseFeature<op>();
  return Fixed<op>(c, {}, [&] { sink_.template VectorSplat<op>(); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::VectorExtractLane(Cursor c) {
  UseFeature<op>();
  uint8_t lane;
  if (!ReadLane<op>(c, lane)) return Stop();
  return Fixed<op>(c, {}, [&] { sink_.template VectorExtractLane<op>(lane); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::VectorReplaceLane(Cursor c) {
  UseFeature<op>();
  uint8_t lane;
  if (!ReadLane<op>(c, lane)) return Stop();
  return Fixed<op>(c, {}, [&] { sink_.template VectorReplaceLane<op>(lane); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::VectorLoad(Cursor c) {
  UseFeature<op>();
  MemoryArgument argument;
  const ValueType address = ReadMemoryArgument<op>(c, argument);
  return Fixed<op>(c, address, [&] { sink_.template VectorLoad<op>(argument); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::VectorStore(Cursor c) {
  UseFeature<op>();
  MemoryArgument argument;
  const ValueType address = ReadMemoryArgument<op>(c, argument);
  return Fixed<op>(c, address, [&] { sink_.template VectorStore<op>(argument); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::VectorLoadLane(Cursor c) {
  UseFeature<op>();
  MemoryArgument argument;
  const ValueType address = ReadMemoryArgument<op>(c, argument);
  uint8_t lane;
  if (!ReadLane<op>(c, lane)) return Stop();
  return Fixed<op>(c, address, [&] { sink_.template VectorLoadLane<op>(argument, lane); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::VectorStoreLane(Cursor c) {
  UseFeature<op>();
  MemoryArgument argument;
  const ValueType address = ReadMemoryArgument<op>(c, argument);
  uint8_t lane;
  if (!ReadLane<op>(c, lane)) return Stop();
  return Fixed<op>(c, address, [&] { sink_.template VectorStoreLane<op>(argument, lane); });
}

// Atomic accesses (threads proposal) demand their exact alignment.
template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Atomic(Cursor c) {
  UseFeature<op>();
  MemoryArgument argument;
  const ValueType address = ReadMemoryArgument<op>(c, argument);
  if (kChecked && argument.alignment != NaturalAlignment(op)) {
    Fail(c.pc, "atomic alignment must be natural");
    return Stop();
  }
  return Fixed<op>(c, address, [&] { sink_.template Unsupported<op>(); });
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::AtomicFence(Cursor c) {
  UseFeature<op>();
  if (kChecked && *c.pc != 0) {
    Fail(c.pc + 1, "zero byte expected");
    return Stop();
  }
  ++c.pc;
  Report(c, [&] { sink_.template Unsupported<op>(); });
  return c;
}

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_BODY_DECODER_NUMERIC_H_

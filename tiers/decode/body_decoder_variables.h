// BodyDecoder, continued: parametric, variable, constant and reference instructions.
#ifndef WASMTIER_TIERS_DECODE_BODY_DECODER_VARIABLES_H_
#define WASMTIER_TIERS_DECODE_BODY_DECODER_VARIABLES_H_

#include <cstring>

#include "tiers/decode/body_decoder.h"

namespace wasmtier::decode {

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Drop(Cursor c) {
  if (!RequireAny(c)) return Stop();
  Report(c, [&] { sink_.Drop(); });
  --c.top;
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Select(Cursor c) {
  if constexpr (kChecked) {
    const bool matches = c.top - base_ >= 3 && c.top[-1] == runtime::kI32 &&
                         c.top[-2] == c.top[-3] && !c.top[-2].IsRef() && !c.top[-2].IsBottom();
    if (!matches) [[unlikely]] {
      c.top = SelectSlow(c);
      if (failed_) return Stop();
    }
  }
  Report(c, [&] { sink_.Select(c.top[-3]); });
  c.top -= 2;
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::SelectTyped(Cursor c) {
  UseFeature<op>();
  const uint32_t count = ReadU32(c);
  if (kChecked && count != 1) {
    Fail(c.pc, "invalid result arity");
    return Stop();
  }
  const uint8_t* pc = c.pc;
  const ValueType type = ReadValueType(pc);
  c.pc = pc;
  if (kChecked && failed_) return Stop();
  if (!RequireEach(c, type, type, runtime::kI32)) return Stop();
  Report(c, [&] { sink_.Select(type); });
  c.top -= 2;
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
[[gnu::always_inline]] inline Cursor BodyDecoder<Checks, Sink>::LocalGet(Cursor c) {
  const uint32_t local = ReadU32(c);
  if constexpr (kChecked) {
    if (local >= local_count_) [[unlikely]] {
      FailIndex(c.pc, "unknown local", local);
      return Stop();
    }
    if (tracks_initialization_) [[unlikely]]
      CheckInitialized(c.pc, local);
  }
  Report(c, [&] { sink_.LocalGet(local); });
  Push(c, locals_.data()[local]);
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
[[gnu::always_inline]] inline Cursor BodyDecoder<Checks, Sink>::LocalSet(Cursor c) {
  const uint32_t local = ReadU32(c);
  if constexpr (kChecked) {
    if (local >= local_count_) [[unlikely]] {
      FailIndex(c.pc, "unknown local", local);
      return Stop();
    }
    if (!RequireEach(c, locals_.data()[local])) return Stop();
    if (tracks_initialization_) [[unlikely]]
      MarkInitialized(local);
  }
  Report(c, [&] { sink_.LocalSet(local); });
  --c.top;
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
[[gnu::always_inline]] inline Cursor BodyDecoder<Checks, Sink>::LocalTee(Cursor c) {
  const uint32_t local = ReadU32(c);
  if constexpr (kChecked) {
    if (local >= local_count_) [[unlikely]] {
      FailIndex(c.pc, "unknown local", local);
      return Stop();
    }
    if (!RequireEach(c, locals_.data()[local])) return Stop();
    if (tracks_initialization_) [[unlikely]]
      MarkInitialized(local);
  }
  Report(c, [&] { sink_.LocalTee(local); });
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::GlobalGet(Cursor c) {
  const uint32_t global = ReadIndex(c, module_->globals.size(), "unknown global");
  if (kChecked && failed_) return Stop();
  Report(c, [&] { sink_.GlobalGet(global); });
  Push(c, module_->globals[global].type.type);
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::GlobalSet(Cursor c) {
  const uint32_t global = ReadIndex(c, module_->globals.size(), "unknown global");
  if (kChecked && failed_) return Stop();
  const runtime::GlobalType& type = module_->globals[global].type;
  if (kChecked && !type.is_mutable) {
    FailIndex(c.pc, "immutable global", global);
    return Stop();
  }
  if (!RequireEach(c, type.type)) return Stop();
  Report(c, [&] { sink_.GlobalSet(global); });
  --c.top;
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Const(Cursor c) {
  constexpr ValueType kType = Info(op).signature.result;
  uint64_t bits = 0;
  if constexpr (kType == runtime::kI32) {
    bits = static_cast<uint32_t>(ReadI32(c));
  } else if constexpr (kType == runtime::kI64) {
    bits = static_cast<uint64_t>(ReadI64(c));
  } else {
    constexpr size_t kBytes = kType == runtime::kF32 ? 4 : 8;
    std::memcpy(&bits, c.pc, kBytes);
    c.pc += kBytes;
  }
  Report(c, [&] { sink_.Const(kType, bits); });
  Push(c, kType);
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::RefNull(Cursor c) {
  UseFeature<op>();
  const uint8_t* pc = c.pc;
  const ValueType type = ReadHeapType(pc, /*nullable=*/true);
  c.pc = pc;
  if (kChecked && failed_) return Stop();
  Report(c, [&] { sink_.RefNull(type); });
  Push(c, type);
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::RefIsNull(Cursor c) {
  UseFeature<op>();
  if (!RequireReference(c)) return Stop();
  Report(c, [&] { sink_.RefIsNull(); });
  c.top[-1] = runtime::kI32;
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::RefFunc(Cursor c) {
  UseFeature<op>();
  const uint32_t function = ReadIndex(c, module_->function_types.size(), "unknown function");
  if (kChecked && failed_) return Stop();
  if (kChecked &&
      (function >= module_->declared_functions.size() || !module_->declared_functions[function])) {
    FailIndex(c.pc, "undeclared function reference", function);
    return Stop();
  }
  Report(c, [&] { sink_.RefFunc(function); });
  Push(c, ValueType::Ref(runtime::HeapKind::kIndex, false, module_->function_types[function]));
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::RefAsNonNull(Cursor c) {
  UseFeature<op>();
  if (!RequireReference(c)) return Stop();
  Report(c, [&] { sink_.RefAsNonNull(); });
  c.top[-1] = NonNull(c.top[-1]);
  return c;
}

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_BODY_DECODER_VARIABLES_H_

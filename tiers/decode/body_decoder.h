// BodyDecoder: the one walk over a function body that validation and all tiers share (design §2;
// the protocol is in sink.h).
//
//   BodyDecoder<NoChecks, MySink> decoder(module, sink);
//   if (!decoder.Decode(function)) return decoder.error();
//
// How it stays fast: position and operand stack top live in registers (Cursor); an instruction's
// operand types are compared once, and everything unusual (unreachable code, subtypes, errors) is
// behind one unlikely branch in BodyDecoderBase; code is bounds-checked once per instruction, since
// reading kReadAhead bytes beyond the body is harmless; stacks keep their memory from one function
// to the next.
#ifndef WASMTIER_TIERS_DECODE_BODY_DECODER_H_
#define WASMTIER_TIERS_DECODE_BODY_DECODER_H_

#include "tiers/decode/body_decoder_base.h"
#include "tiers/decode/immediates.h"
#include "tiers/decode/null_sink.h"

namespace wasmtier::decode {

// Full validation (spec: "Validation"), of code from anywhere.
struct Validate {
  static constexpr bool kChecked = true;
};

// For code that was validated: no checks, and unreachable code is skipped.
struct NoChecks {
  static constexpr bool kChecked = false;
};

template <typename Checks, typename Sink>
class BodyDecoder : public BodyDecoderBase {
 public:
  // The limits are for Validate; validated code is within those that it was validated with.
  BodyDecoder(const runtime::Module& module, Sink& sink, const runtime::ModuleLimits& limits = {})
      : BodyDecoderBase(module, limits), sink_(sink) {
    if constexpr (!kChecked) limits_.locals = UINT32_MAX;
  }

  // Decodes a defined function; false: see error(). May be called again and again.
  bool Decode(uint32_t function);

 private:
  using ValueType = runtime::ValueType;
  static constexpr bool kChecked = Checks::kChecked;
  static constexpr bool kReports = !Sink::kIgnoresCode;

  // body_decoder.h: the loop.
  void Run(Cursor c);
  template <uint32_t kPrefix>
  Cursor Prefixed(Cursor c);
  Cursor IllegalOpcode(Cursor c);

  // body_decoder_operands.h: operands, results, immediates.
  template <typename Function>
  void Report(const Cursor& c, Function&& function);
  template <Opcode op>
  void UseFeature();
  bool Require(Cursor& c, std::span<const ValueType> types, bool refine = true);
  template <typename... Types>
  bool RequireEach(Cursor& c, Types... types);
  bool RequireAny(Cursor& c);
  bool RequireReference(Cursor& c);
  void PushAll(Cursor& c, std::span<const ValueType> types);
  static ValueType NonNull(ValueType type);
  static void Push(Cursor& c, ValueType type) { *c.top++ = type; }
  uint32_t ReadU32(Cursor& c);
  int32_t ReadI32(Cursor& c);
  int64_t ReadI64(Cursor& c);
  BlockType ReadBlockType(Cursor& c);
  template <Opcode op>
  ValueType ReadMemoryArgument(Cursor& c, MemoryArgument& argument);
  uint32_t ReadIndex(Cursor& c, size_t count, std::string_view phrase);
  uint32_t ReadTable(Cursor& c);
  uint32_t ReadMemory(Cursor& c);
  uint32_t ReadDataSegment(Cursor& c);
  const runtime::FuncType* ReadFunctionType(Cursor& c, uint32_t& index);

  // body_decoder_control.h: one method for each Shape.
  Cursor BecomeUnreachable(Cursor c);
  Cursor EndFunction(Cursor c);
  bool RequireBlockEnd(Cursor& c);
  Cursor OpenBlock(Cursor c, ControlKind kind, bool has_condition);
  Cursor FinishCall(Cursor c, const runtime::FuncType& type);
  bool RequireTailResults(Cursor c, const runtime::FuncType& type);
  bool RequireTableOfFunctions(Cursor c, uint32_t table);
  template <Opcode op>
  Cursor Refused(Cursor c);
  template <Opcode op>
  Cursor Unreachable(Cursor c);
  template <Opcode op>
  Cursor Nop(Cursor c);
  template <Opcode op>
  Cursor Block(Cursor c);
  template <Opcode op>
  Cursor Loop(Cursor c);
  template <Opcode op>
  Cursor If(Cursor c);
  template <Opcode op>
  Cursor Else(Cursor c);
  template <Opcode op>
  Cursor End(Cursor c);
  template <Opcode op>
  Cursor Br(Cursor c);
  template <Opcode op>
  Cursor BrIf(Cursor c);
  template <Opcode op>
  Cursor BrTable(Cursor c);
  template <Opcode op>
  Cursor Return(Cursor c);
  template <Opcode op>
  Cursor Call(Cursor c);
  template <Opcode op>
  Cursor CallIndirect(Cursor c);
  template <Opcode op>
  Cursor ReturnCall(Cursor c);
  template <Opcode op>
  Cursor ReturnCallIndirect(Cursor c);
  template <Opcode op>
  Cursor CallRef(Cursor c);
  template <Opcode op>
  Cursor ReturnCallRef(Cursor c);
  template <Opcode op>
  Cursor BrOnNull(Cursor c);
  template <Opcode op>
  Cursor BrOnNonNull(Cursor c);

  // body_decoder_variables.h
  template <Opcode op>
  Cursor Drop(Cursor c);
  template <Opcode op>
  Cursor Select(Cursor c);
  template <Opcode op>
  Cursor SelectTyped(Cursor c);
  template <Opcode op>
  Cursor LocalGet(Cursor c);
  template <Opcode op>
  Cursor LocalSet(Cursor c);
  template <Opcode op>
  Cursor LocalTee(Cursor c);
  template <Opcode op>
  Cursor GlobalGet(Cursor c);
  template <Opcode op>
  Cursor GlobalSet(Cursor c);
  template <Opcode op>
  Cursor Const(Cursor c);
  template <Opcode op>
  Cursor RefNull(Cursor c);
  template <Opcode op>
  Cursor RefIsNull(Cursor c);
  template <Opcode op>
  Cursor RefFunc(Cursor c);
  template <Opcode op>
  Cursor RefAsNonNull(Cursor c);

  // body_decoder_tables.h
  template <Opcode op>
  Cursor TableGet(Cursor c);
  template <Opcode op>
  Cursor TableSet(Cursor c);
  template <Opcode op>
  Cursor TableInit(Cursor c);
  template <Opcode op>
  Cursor ElementDrop(Cursor c);
  template <Opcode op>
  Cursor TableCopy(Cursor c);
  template <Opcode op>
  Cursor TableGrow(Cursor c);
  template <Opcode op>
  Cursor TableSize(Cursor c);
  template <Opcode op>
  Cursor TableFill(Cursor c);
  template <Opcode op>
  Cursor MemorySize(Cursor c);
  template <Opcode op>
  Cursor MemoryGrow(Cursor c);
  template <Opcode op>
  Cursor MemoryFill(Cursor c);
  template <Opcode op>
  Cursor MemoryCopy(Cursor c);
  template <Opcode op>
  Cursor MemoryInit(Cursor c);
  template <Opcode op>
  Cursor DataDrop(Cursor c);

  // body_decoder_numeric.h: shapes whose types are in the opcode table.
  template <Opcode op, typename Function>
  Cursor Fixed(Cursor c, ValueType address, Function&& report);
  template <Opcode op>
  Cursor Unary(Cursor c);
  template <Opcode op>
  Cursor Binary(Cursor c);
  template <Opcode op>
  Cursor Compare(Cursor c);
  template <Opcode op>
  Cursor Test(Cursor c);
  template <Opcode op>
  Cursor Convert(Cursor c);
  template <Opcode op>
  Cursor Load(Cursor c);
  template <Opcode op>
  Cursor Store(Cursor c);
  template <Opcode op>
  bool ReadLane(Cursor& c, uint8_t& lane);
  template <Opcode op>
  Cursor VectorConst(Cursor c);
  template <Opcode op>
  Cursor VectorShuffle(Cursor c);
  template <Opcode op>
  Cursor VectorUnary(Cursor c);
  template <Opcode op>
  Cursor VectorBinary(Cursor c);
  template <Opcode op>
  Cursor VectorTernary(Cursor c);
  template <Opcode op>
  Cursor VectorShift(Cursor c);
  template <Opcode op>
  Cursor VectorTest(Cursor c);
  template <Opcode op>
  Cursor VectorSplat(Cursor c);
  template <Opcode op>
  Cursor VectorExtractLane(Cursor c);
  template <Opcode op>
  Cursor VectorReplaceLane(Cursor c);
  template <Opcode op>
  Cursor VectorLoad(Cursor c);
  template <Opcode op>
  Cursor VectorStore(Cursor c);
  template <Opcode op>
  Cursor VectorLoadLane(Cursor c);
  template <Opcode op>
  Cursor VectorStoreLane(Cursor c);
  template <Opcode op>
  Cursor Atomic(Cursor c);
  template <Opcode op>
  Cursor AtomicNotify(Cursor c) {
    return Atomic<op>(c);
  }
  template <Opcode op>
  Cursor AtomicWait(Cursor c) {
    return Atomic<op>(c);
  }
  template <Opcode op>
  Cursor AtomicLoad(Cursor c) {
    return Atomic<op>(c);
  }
  template <Opcode op>
  Cursor AtomicStore(Cursor c) {
    return Atomic<op>(c);
  }
  template <Opcode op>
  Cursor AtomicReadModifyWrite(Cursor c) {
    return Atomic<op>(c);
  }
  template <Opcode op>
  Cursor AtomicCompareExchange(Cursor c) {
    return Atomic<op>(c);
  }
  template <Opcode op>
  Cursor AtomicFence(Cursor c);

  Sink& sink_;
};

template <typename Checks, typename Sink>
bool BodyDecoder<Checks, Sink>::Decode(uint32_t function) {
  BeginBody(function, kChecked);
  Cursor c = {DecodeLocals(code_begin_), operands_.data()};
  if (failed_) return false;
  instruction_ = c.pc;
  PushControl(ControlKind::kFunction, {{}, type().results}, c.top);
  Report(c, [&] { sink_.BeginFunction(*this); });
  Run(c);
  return !failed_;
}

template <typename Checks, typename Sink>
void BodyDecoder<Checks, Sink>::Run(Cursor c) {
  while (c.pc < end_) [[likely]] {
    instruction_ = c.pc;
    switch (static_cast<uint32_t>(*c.pc++)) {
#define WASM_OPCODE(Name, code, text, immediates, signature, shape, feature)  \
  case code:                                                                  \
    if constexpr (code < 0x100) c = this->template shape<Opcode::k##Name>(c); \
    break;
#include "tiers/decode/opcodes.def"
#undef WASM_OPCODE
      case 0xfb:
        c = Prefixed<0xfb>(c);
        break;
      case 0xfc:
        c = Prefixed<0xfc>(c);
        break;
      case 0xfd:
        c = Prefixed<0xfd>(c);
        break;
      case 0xfe:
        c = Prefixed<0xfe>(c);
        break;
      default:
        c = IllegalOpcode(c);
    }
  }
  // The function's own End empties the control stack; it is the last byte.
  if (control_count_ != 0 || c.pc > end_) FailAt(end_, "unexpected end of section or function");
}

template <typename Checks, typename Sink>
template <uint32_t kPrefix>
[[gnu::noinline]] Cursor BodyDecoder<Checks, Sink>::Prefixed(Cursor c) {
  const uint32_t number = ReadU32(c);
  if (number > 0xffff) return IllegalOpcode(c);
  switch (kPrefix << 16 | number) {
#define WASM_OPCODE(Name, code, text, immediates, signature, shape, feature)              \
  case code:                                                                              \
    if constexpr (code >> 16 == kPrefix) return this->template shape<Opcode::k##Name>(c); \
    break;
#include "tiers/decode/opcodes.def"
#undef WASM_OPCODE
    default:
      break;
  }
  return IllegalOpcode(c);
}

template <typename Checks, typename Sink>
[[gnu::cold, gnu::noinline]] Cursor BodyDecoder<Checks, Sink>::IllegalOpcode(Cursor c) {
  std::string bytes;
  for (const uint8_t* byte = instruction_; byte < c.pc; ++byte) {
    constexpr char kDigits[] = "0123456789abcdef";
    bytes += ' ';
    bytes += kDigits[*byte >> 4];
    bytes += kDigits[*byte & 15];
  }
  Fail(c.pc, "illegal opcode" + bytes);
  return Stop();
}

}  // namespace wasmtier::decode

#include "tiers/decode/body_decoder_control.h"
#include "tiers/decode/body_decoder_numeric.h"
#include "tiers/decode/body_decoder_operands.h"
#include "tiers/decode/body_decoder_tables.h"
#include "tiers/decode/body_decoder_variables.h"

#endif  // WASMTIER_TIERS_DECODE_BODY_DECODER_H_

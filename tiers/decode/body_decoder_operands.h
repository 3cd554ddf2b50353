// BodyDecoder, continued: operands, results and immediates.
#ifndef WASMTIER_TIERS_DECODE_BODY_DECODER_OPERANDS_H_
#define WASMTIER_TIERS_DECODE_BODY_DECODER_OPERANDS_H_

#include "tiers/decode/body_decoder.h"

namespace wasmtier::decode {

// Calls the sink, if it wants to know and the code can be reached.
template <typename Checks, typename Sink>
template <typename Function>
[[gnu::always_inline]] inline void BodyDecoder<Checks, Sink>::Report(const Cursor& c,
                                                                     Function&& function) {
  if constexpr (kReports) {
    if (kChecked && !is_reporting_) return;
    top_ = c.top;
    function();
  }
}

template <typename Checks, typename Sink>
template <Opcode op>
[[gnu::always_inline]] inline void BodyDecoder<Checks, Sink>::UseFeature() {
  if constexpr (kChecked && Info(op).feature != runtime::Feature::kMvp) {
    features_.Add(Info(op).feature);
  }
}

// The topmost operands must match `types`, the last on top; they stay on the stack. False: it
// failed.
template <typename Checks, typename Sink>
[[gnu::always_inline]] inline bool BodyDecoder<Checks, Sink>::Require(
    Cursor& c, std::span<const ValueType> types, bool refine) {
  if constexpr (kChecked) {
    const size_t count = types.size();
    bool matches = static_cast<size_t>(c.top - base_) >= count;
    for (size_t i = 0; matches && i < count; ++i) {
      matches = c.top[static_cast<ptrdiff_t>(i - count)] == types[i];
    }
    if (!matches) [[unlikely]] {
      c.top = RequireSlow(c, types, refine);
      return !failed_;
    }
  }
  return true;
}

template <typename Checks, typename Sink>
template <typename... Types>
[[gnu::always_inline]] inline bool BodyDecoder<Checks, Sink>::RequireEach(Cursor& c,
                                                                          Types... types) {
  if constexpr (kChecked) {
    constexpr ptrdiff_t kCount = sizeof...(types);
    const ValueType* operand = c.top - kCount;
    const bool matches = c.top - base_ >= kCount && ((*operand++ == types) && ...);
    if (!matches) [[unlikely]] {
      const ValueType expected[] = {types...};
      c.top = RequireSlow(c, expected);
      return !failed_;
    }
  }
  return true;
}

// There must be an operand of any type.
template <typename Checks, typename Sink>
[[gnu::always_inline]] inline bool BodyDecoder<Checks, Sink>::RequireAny(Cursor& c) {
  if constexpr (kChecked) {
    if (c.top == base_) [[unlikely]] {
      const ValueType any[] = {runtime::kBottom};
      c.top = RequireSlow(c, any);
      return !failed_;
    }
  }
  return true;
}

// There must be a reference on top.
template <typename Checks, typename Sink>
bool BodyDecoder<Checks, Sink>::RequireReference(Cursor& c) {
  if (!RequireAny(c)) return false;
  if (kChecked && !c.top[-1].IsRef() && !c.top[-1].IsBottom()) {
    Fail(c.pc, "type mismatch: expected a reference, found " + ToString(c.top[-1]));
    return false;
  }
  return true;
}

template <typename Checks, typename Sink>
runtime::ValueType BodyDecoder<Checks, Sink>::NonNull(ValueType type) {
  return type.IsRef() ? ValueType::Ref(type.heap(), false, type.type_index()) : type;
}

template <typename Checks, typename Sink>
[[gnu::always_inline]] inline void BodyDecoder<Checks, Sink>::PushAll(
    Cursor& c, std::span<const ValueType> types) {
  if (types.size() > 1) [[unlikely]]
    c.top = ReserveOperands(c, types.size());
  for (const ValueType type : types) Push(c, type);
}

template <typename Checks, typename Sink>
[[gnu::always_inline]] inline uint32_t BodyDecoder<Checks, Sink>::ReadU32(Cursor& c) {
  const uint32_t first = c.pc[0];
  if (first < 0x80) [[likely]] {
    ++c.pc;
    return first;
  }
  const uint32_t second = c.pc[1];
  if (second < 0x80) [[likely]] {
    c.pc += 2;
    return (first & 0x7f) | second << 7;
  }
  const uint8_t* pc = c.pc;
  const uint32_t value = static_cast<uint32_t>(ReadLebSlow<32, false>(pc));
  c.pc = pc;
  return value;
}

template <typename Checks, typename Sink>
[[gnu::always_inline]] inline int32_t BodyDecoder<Checks, Sink>::ReadI32(Cursor& c) {
  const uint32_t first = c.pc[0];
  if (first < 0x80) [[likely]] {
    ++c.pc;
    return static_cast<int32_t>(first << 25) >> 25;
  }
  const uint32_t second = c.pc[1];
  if (second < 0x80) {
    c.pc += 2;
    return static_cast<int32_t>(((first & 0x7f) | second << 7) << 18) >> 18;
  }
  const uint8_t* pc = c.pc;
  const int32_t value = static_cast<int32_t>(ReadLebSlow<32, true>(pc));
  c.pc = pc;
  return value;
}

template <typename Checks, typename Sink>
[[gnu::always_inline]] inline int64_t BodyDecoder<Checks, Sink>::ReadI64(Cursor& c) {
  const uint64_t first = c.pc[0];
  if (first < 0x80) [[likely]] {
    ++c.pc;
    return static_cast<int64_t>(first << 57) >> 57;
  }
  const uint8_t* pc = c.pc;
  const int64_t value = static_cast<int64_t>(ReadLebSlow<64, true>(pc));
  c.pc = pc;
  return value;
}

template <typename Checks, typename Sink>
[[gnu::always_inline]] inline BlockType BodyDecoder<Checks, Sink>::ReadBlockType(Cursor& c) {
  static constexpr ValueType kNumericResults[] = {runtime::kI32, runtime::kI64, runtime::kF32,
                                                  runtime::kF64};
  const uint8_t byte = *c.pc;
  if (byte == 0x40) {
    ++c.pc;
    return {};
  }
  if (byte >= 0x7c && byte <= 0x7f) {
    ++c.pc;
    return {{}, {&kNumericResults[0x7f - byte], 1}};
  }
  const uint8_t* pc = c.pc;
  const BlockType type = ReadBlockTypeSlow(pc);
  c.pc = pc;
  return type;
}

// Returns the memory's index type. After an error the walk ends behind this instruction.
template <typename Checks, typename Sink>
template <Opcode op>
[[gnu::always_inline]] inline runtime::ValueType BodyDecoder<Checks, Sink>::ReadMemoryArgument(
    Cursor& c, MemoryArgument& argument) {
  constexpr uint32_t kNatural = NaturalAlignment(op);
  const uint32_t alignment = c.pc[0];
  const uint32_t first = c.pc[1];
  const uint32_t second = c.pc[2];
  if (alignment <= kNatural && (first & second) < 0x80) [[likely]] {
    const bool is_short = first < 0x80;
    c.pc += is_short ? 2 : 3;
    argument = {0, alignment, is_short ? first : (first & 0x7f) | second << 7};
    return memory0_address_;
  }
  const MemoryAccess access = ReadMemoryAccessSlow(c.pc, kNatural);
  c.pc = access.next;
  argument = access.argument;
  return access.address;
}

// Reads an index that must be less than `count`; `phrase` is the error's.
template <typename Checks, typename Sink>
[[gnu::always_inline]] inline uint32_t BodyDecoder<Checks, Sink>::ReadIndex(
    Cursor& c, size_t count, std::string_view phrase) {
  const uint32_t index = ReadU32(c);
  if (kChecked && index >= count) [[unlikely]]
    FailIndex(c.pc, phrase, index);
  return index;
}

template <typename Checks, typename Sink>
uint32_t BodyDecoder<Checks, Sink>::ReadTable(Cursor& c) {
  const uint32_t table = ReadIndex(c, module_->tables.size(), "unknown table");
  if (kChecked && table != 0) features_.Add(runtime::Feature::kReferenceTypes);
  return table;
}

template <typename Checks, typename Sink>
uint32_t BodyDecoder<Checks, Sink>::ReadMemory(Cursor& c) {
  const uint32_t memory = ReadIndex(c, module_->memories.size(), "unknown memory");
  if (kChecked && memory != 0) features_.Add(runtime::Feature::kMultiMemory);
  return memory;
}

template <typename Checks, typename Sink>
uint32_t BodyDecoder<Checks, Sink>::ReadDataSegment(Cursor& c) {
  // Bodies come before the data section; its size must have been announced (spec: "Data Count
  // Section").
  if (kChecked && !module_->data_count) Fail(c.pc, "data count section required");
  return ReadIndex(c, module_->data_count.value_or(0), "unknown data segment");
}

// The function type that a type index names; null: it failed.
template <typename Checks, typename Sink>
const runtime::FuncType* BodyDecoder<Checks, Sink>::ReadFunctionType(Cursor& c, uint32_t& index) {
  index = ReadIndex(c, module_->types.size(), "unknown type");
  if (kChecked) {
    if (failed_) return nullptr;
    if (module_->types[index].kind != runtime::TypeDefinition::Kind::kFunc) {
      FailIndex(c.pc, "type mismatch: not a function type: type", index);
      return nullptr;
    }
  }
  return &module_->types[index].func;
}

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_BODY_DECODER_OPERANDS_H_

#include "tiers/decode/immediates.h"

namespace wasmtier::decode {
namespace {

// Every LEB128 integer ends with the first byte below 0x80.
const uint8_t* SkipLeb128(const uint8_t* pc, uint32_t count = 1) {
  for (; count != 0; --count) {
    while (*pc >= 0x80) ++pc;
    ++pc;
  }
  return pc;
}

uint32_t ReadU32(const uint8_t*& pc) {
  uint32_t value = 0;
  for (int shift = 0;; shift += 7) {
    const uint32_t byte = *pc++;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

const uint8_t* SkipValueType(const uint8_t* pc) {
  const bool has_heap_type = *pc == 0x63 || *pc == 0x64;
  return has_heap_type ? SkipLeb128(pc + 1) : pc + 1;
}

const uint8_t* SkipBlockType(const uint8_t* pc) {
  return (*pc & 0xc0) == 0x40 ? SkipValueType(pc) : SkipLeb128(pc);
}

const uint8_t* SkipMemoryArgument(const uint8_t* pc) {
  const bool has_memory_index = (ReadU32(pc) & 64) != 0;
  return SkipLeb128(pc, has_memory_index ? 2 : 1);
}

const uint8_t* SkipTryTable(const uint8_t* pc) {
  pc = SkipBlockType(pc);
  for (uint32_t count = ReadU32(pc); count != 0; --count) {
    const bool has_tag = *pc++ <= 1;  // catch and catch_ref; catch_all has none
    pc = SkipLeb128(pc, has_tag ? 2 : 1);
  }
  return pc;
}

}  // namespace

const uint8_t* SkipImmediates(ImmediateKind kind, const uint8_t* pc) {
  switch (kind) {
    case ImmediateKind::kNone:
      return pc;
    case ImmediateKind::kZero:
    case ImmediateKind::kLane2:
    case ImmediateKind::kLane4:
    case ImmediateKind::kLane8:
    case ImmediateKind::kLane16:
      return pc + 1;
    case ImmediateKind::kBlockType:
      return SkipBlockType(pc);
    case ImmediateKind::kLabelTable: {
      const uint32_t count = ReadU32(pc);
      return SkipLeb128(SkipLeb128(pc, count));
    }
    case ImmediateKind::kFunction:
    case ImmediateKind::kLabel:
    case ImmediateKind::kType:
    case ImmediateKind::kLocal:
    case ImmediateKind::kGlobal:
    case ImmediateKind::kTable:
    case ImmediateKind::kElement:
    case ImmediateKind::kData:
    case ImmediateKind::kMemory:
    case ImmediateKind::kTag:
    case ImmediateKind::kI32:
    case ImmediateKind::kI64:
    case ImmediateKind::kHeapType:
      return SkipLeb128(pc);
    case ImmediateKind::kTypeTable:
    case ImmediateKind::kTypeField:
    case ImmediateKind::kTypeCount:
    case ImmediateKind::kTypeData:
    case ImmediateKind::kTypeElement:
    case ImmediateKind::kTypeType:
    case ImmediateKind::kTableTable:
    case ImmediateKind::kElementTable:
    case ImmediateKind::kDataMemory:
    case ImmediateKind::kMemoryMemory:
      return SkipLeb128(pc, 2);
    case ImmediateKind::kF32:
      return pc + 4;
    case ImmediateKind::kF64:
      return pc + 8;
    case ImmediateKind::kV128:
    case ImmediateKind::kShuffle:
      return pc + 16;
    case ImmediateKind::kMemory8:
    case ImmediateKind::kMemory16:
    case ImmediateKind::kMemory32:
    case ImmediateKind::kMemory64:
    case ImmediateKind::kMemory128:
      return SkipMemoryArgument(pc);
    case ImmediateKind::kMemory8Lane:
    case ImmediateKind::kMemory16Lane:
    case ImmediateKind::kMemory32Lane:
    case ImmediateKind::kMemory64Lane:
      return SkipMemoryArgument(pc) + 1;
    case ImmediateKind::kValueTypes: {
      for (uint32_t count = ReadU32(pc); count != 0; --count) pc = SkipValueType(pc);
      return pc;
    }
    case ImmediateKind::kCast:
      return SkipLeb128(pc + 1, 3);
    case ImmediateKind::kTryTable:
      return SkipTryTable(pc);
  }
  return pc;
}

const uint8_t* SkipUnreachable(const uint8_t* pc) {
  uint32_t depth = 0;
  while (true) {
    const uint8_t* start = pc;
    uint32_t code = *pc++;
    if (code >= 0xfb) code = code << 16 | ReadU32(pc);
    const std::optional<Opcode> opcode = FindOpcode(code);
    if (!opcode) return start;  // not valid code
    if (depth == 0 && (*opcode == Opcode::kElse || *opcode == Opcode::kEnd)) return start;
    if (*opcode == Opcode::kEnd) --depth;
    const ImmediateKind kind = Info(*opcode).immediates;
    if (kind == ImmediateKind::kBlockType || kind == ImmediateKind::kTryTable) ++depth;
    pc = SkipImmediates(kind, pc);
  }
}

}  // namespace wasmtier::decode

// The opcodes of WebAssembly and what is known of each at compile time, stamped from opcodes.def.
#ifndef WASMTIER_TIERS_DECODE_OPCODE_H_
#define WASMTIER_TIERS_DECODE_OPCODE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "runtime/model/features.h"
#include "runtime/model/types.h"

namespace wasmtier::decode {

// Dense numbers, in the order of opcodes.def; the binary format's code is Info(opcode).code.
enum class Opcode : uint16_t {
#define WASM_OPCODE(Name, code, text, immediates, signature, shape, feature) k##Name,
#include "tiers/decode/opcodes.def"
#undef WASM_OPCODE
};

#define WASM_OPCODE(Name, code, text, immediates, signature, shape, feature) +1
inline constexpr int kOpcodeCount = 0
#include "tiers/decode/opcodes.def"
    ;
#undef WASM_OPCODE

// What follows an opcode in the binary.
enum class ImmediateKind : uint8_t {
  kNone,
  kZero,  // one byte that must be zero
  kBlockType,
  kLabel,
  kLabelTable,
  kFunction,
  kTypeTable,
  kType,
  kTypeField,
  kTypeCount,
  kTypeData,
  kTypeElement,
  kTypeType,
  kLocal,
  kGlobal,
  kTable,
  kTableTable,
  kElement,
  kElementTable,
  kData,
  kDataMemory,
  kMemory,
  kMemoryMemory,
  kTag,
  kI32,
  kI64,
  kF32,
  kF64,
  kV128,
  kShuffle,  // 16 lane numbers
  kLane2,    // one lane number, less than 2
  kLane4,
  kLane8,
  kLane16,
  kMemory8,  // a memory argument, of an access of 8 bits
  kMemory16,
  kMemory32,
  kMemory64,
  kMemory128,
  kMemory8Lane,  // a memory argument and a lane number
  kMemory16Lane,
  kMemory32Lane,
  kMemory64Lane,
  kHeapType,
  kValueTypes,
  kCast,  // flags, a label and two heap types
  kTryTable,
};

// The method of BodyDecoder that types the instruction; opcodes of one shape differ in types only.
enum class Shape : uint8_t {
  kRefused,
  kUnreachable,
  kNop,
  kBlock,
  kLoop,
  kIf,
  kElse,
  kEnd,
  kBr,
  kBrIf,
  kBrTable,
  kReturn,
  kCall,
  kCallIndirect,
  kReturnCall,
  kReturnCallIndirect,
  kCallRef,
  kReturnCallRef,
  kDrop,
  kSelect,
  kSelectTyped,
  kLocalGet,
  kLocalSet,
  kLocalTee,
  kGlobalGet,
  kGlobalSet,
  kTableGet,
  kTableSet,
  kLoad,
  kStore,
  kMemorySize,
  kMemoryGrow,
  kMemoryFill,
  kMemoryCopy,
  kMemoryInit,
  kDataDrop,
  kTableInit,
  kElementDrop,
  kTableCopy,
  kTableGrow,
  kTableSize,
  kTableFill,
  kConst,
  kUnary,
  kBinary,
  kCompare,
  kTest,
  kConvert,
  kRefNull,
  kRefIsNull,
  kRefFunc,
  kRefAsNonNull,
  kBrOnNull,
  kBrOnNonNull,
  kVectorConst,
  kVectorShuffle,
  kVectorUnary,
  kVectorBinary,
  kVectorTernary,
  kVectorShift,
  kVectorTest,
  kVectorSplat,
  kVectorExtractLane,
  kVectorReplaceLane,
  kVectorLoad,
  kVectorStore,
  kVectorLoadLane,
  kVectorStoreLane,
  kAtomicNotify,
  kAtomicWait,
  kAtomicFence,
  kAtomicLoad,
  kAtomicStore,
  kAtomicReadModifyWrite,
  kAtomicCompareExchange,
};

// Operand and result types of an instruction whose types are fixed but for its memory's index type.
struct Signature {
  static constexpr int kMaxParams = 3;
  std::array<runtime::ValueType, kMaxParams> params;
  uint8_t param_count = 0;
  bool has_address = false;  // params[0] is the index type of the memory (given here as i32)
  bool has_result = false;
  bool is_special = false;  // "*": depends on immediates or on the stack
  runtime::ValueType result;
};

constexpr runtime::ValueType SignatureLetterType(char letter) {
  switch (letter) {
    case 'i':
    case 'a':
      return runtime::kI32;
    case 'l':
      return runtime::kI64;
    case 'f':
      return runtime::kF32;
    case 'd':
      return runtime::kF64;
    default:
      return runtime::kV128;
  }
}

// Reads the signature column of opcodes.def.
constexpr Signature ParseSignature(std::string_view text) {
  Signature signature;
  if (text == "*") {
    signature.is_special = true;
    return signature;
  }
  size_t i = 0;
  for (; text[i] != ':'; ++i) {
    if (text[i] == 'a') signature.has_address = true;
    signature.params[signature.param_count++] = SignatureLetterType(text[i]);
  }
  if (i + 1 < text.size()) {
    signature.has_result = true;
    signature.result = SignatureLetterType(text[i + 1]);
  }
  return signature;
}

struct OpcodeInfo {
  uint32_t code;  // prefix << 16 | number, or the one byte
  const char* name;
  ImmediateKind immediates;
  Shape shape;
  runtime::Feature feature;
  Signature signature;
};

inline constexpr OpcodeInfo kOpcodeInfo[] = {
#define WASM_OPCODE(Name, code, text, immediates, signature, shape, feature) \
  {code,                                                                     \
   text,                                                                     \
   ImmediateKind::k##immediates,                                             \
   Shape::k##shape,                                                          \
   runtime::Feature::k##feature,                                             \
   ParseSignature(signature)},
#include "tiers/decode/opcodes.def"
#undef WASM_OPCODE
};

constexpr const OpcodeInfo& Info(Opcode opcode) { return kOpcodeInfo[static_cast<int>(opcode)]; }

// The text format's name.
constexpr const char* Name(Opcode opcode) { return Info(opcode).name; }

// Bits of memory that a load, store or atomic access touches; 0 for other opcodes.
constexpr uint32_t AccessBits(Opcode opcode) {
  switch (Info(opcode).immediates) {
    case ImmediateKind::kMemory8:
    case ImmediateKind::kMemory8Lane:
      return 8;
    case ImmediateKind::kMemory16:
    case ImmediateKind::kMemory16Lane:
      return 16;
    case ImmediateKind::kMemory32:
    case ImmediateKind::kMemory32Lane:
      return 32;
    case ImmediateKind::kMemory64:
    case ImmediateKind::kMemory64Lane:
      return 64;
    case ImmediateKind::kMemory128:
      return 128;
    default:
      return 0;
  }
}

// Exponent of an access's natural alignment.
constexpr uint32_t NaturalAlignment(Opcode opcode) {
  uint32_t exponent = 0;
  while ((8u << exponent) < AccessBits(opcode)) ++exponent;
  return exponent;
}

// Lanes that a lane immediate selects from; 0 for opcodes without one.
constexpr uint32_t LaneCount(Opcode opcode) {
  switch (Info(opcode).immediates) {
    case ImmediateKind::kLane2:
    case ImmediateKind::kMemory64Lane:
      return 2;
    case ImmediateKind::kLane4:
    case ImmediateKind::kMemory32Lane:
      return 4;
    case ImmediateKind::kLane8:
    case ImmediateKind::kMemory16Lane:
      return 8;
    case ImmediateKind::kLane16:
    case ImmediateKind::kMemory8Lane:
      return 16;
    default:
      return 0;
  }
}
// Bytes of such a lane.
constexpr uint32_t LaneBytes(Opcode opcode) { return 16 / LaneCount(opcode); }

// The opcode of a binary code (OpcodeInfo::code), if there is one.
std::optional<Opcode> FindOpcode(uint32_t code);

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_OPCODE_H_

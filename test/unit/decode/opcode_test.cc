#include "tiers/decode/opcode.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace wasmtier::decode {
namespace {

TEST(OpcodeTest, CodesAreFoundAgain) {
  for (int i = 0; i < kOpcodeCount; ++i) {
    const Opcode opcode = static_cast<Opcode>(i);
    EXPECT_EQ(FindOpcode(Info(opcode).code), opcode) << Name(opcode);
  }
  EXPECT_EQ(FindOpcode(0xff), std::nullopt);
  EXPECT_EQ(FindOpcode(0xfd009a), std::nullopt);
}

TEST(OpcodeTest, CountsByPrefix) {
  // Wasm 3.0's index of instructions: 18 in 0xfc, 31 in 0xfb, 236 + 20 in 0xfd; 67 in the threads
  // proposal.
  int counts[4] = {};
  for (const OpcodeInfo& info : kOpcodeInfo) {
    if (info.code > 0xff) ++counts[(info.code >> 16) - 0xfb];
  }
  EXPECT_EQ(counts[0], 31);
  EXPECT_EQ(counts[1], 18);
  EXPECT_EQ(counts[2], 256);
  EXPECT_EQ(counts[3], 67);
}

TEST(OpcodeTest, SignaturesAreParsed) {
  constexpr Signature kStore = Info(Opcode::kI64Store8).signature;
  static_assert(kStore.param_count == 2 && kStore.has_address && !kStore.has_result);
  static_assert(kStore.params[1] == runtime::kI64);
  constexpr Signature kCompare = Info(Opcode::kF64Lt).signature;
  static_assert(kCompare.param_count == 2 && kCompare.params[0] == runtime::kF64);
  static_assert(kCompare.has_result && kCompare.result == runtime::kI32);
  static_assert(Info(Opcode::kCall).signature.is_special);
}

TEST(OpcodeTest, AlignmentAndLanesComeFromTheImmediates) {
  static_assert(NaturalAlignment(Opcode::kI32Load8S) == 0);
  static_assert(NaturalAlignment(Opcode::kI64Load) == 3);
  static_assert(NaturalAlignment(Opcode::kV128Load) == 4);
  static_assert(AccessBits(Opcode::kV128Load32Lane) == 32);
  static_assert(LaneCount(Opcode::kV128Load32Lane) == 4);
  static_assert(LaneCount(Opcode::kI8x16ExtractLaneS) == 16);
  static_assert(AccessBits(Opcode::kI32Add) == 0);
}

TEST(OpcodeTest, ShapesAgreeWithSignatures) {
  for (const OpcodeInfo& info : kOpcodeInfo) {
    const Signature& signature = info.signature;
    switch (info.shape) {
      case Shape::kUnary:
        EXPECT_TRUE(signature.param_count == 1 && signature.params[0] == signature.result)
            << info.name;
        break;
      case Shape::kBinary:
        EXPECT_TRUE(signature.param_count == 2 && signature.params[0] == signature.result &&
                    signature.params[1] == signature.result)
            << info.name;
        break;
      case Shape::kCompare:
      case Shape::kTest:
        EXPECT_EQ(signature.result, runtime::kI32) << info.name;
        EXPECT_EQ(signature.param_count, info.shape == Shape::kCompare ? 2 : 1) << info.name;
        break;
      case Shape::kLoad:
      case Shape::kStore:
        EXPECT_TRUE(signature.has_address) << info.name;
        EXPECT_EQ(signature.has_result, info.shape == Shape::kLoad) << info.name;
        break;
      default:
        break;
    }
  }
}

}  // namespace
}  // namespace wasmtier::decode

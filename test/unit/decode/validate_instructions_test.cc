// Instructions other than control: types, indices, immediates, features.
#include "test/unit/decode/validator_test.h"

namespace wasmtier::decode {
namespace {

using runtime::Feature;

using InstructionTest = ValidatorTest;

TEST_F(InstructionTest, UnknownLocal) {
  EXPECT_EQ(Validate({kI32}, {}, Code().LocalGet(3).Drop().End(), {1, 2, 0x7f}), "unknown local 3");
}

TEST_F(InstructionTest, LocalsOfSeveralGroups) {
  EXPECT_EQ(Validate({kI32}, {kF64}, Code().LocalGet(3).End(), {2, 2, 0x7e, 1, 0x7c}), "");
}

TEST_F(InstructionTest, LocalSetOfAnotherType) {
  EXPECT_EQ(Validate({kI32}, {}, Code().F32Const(0).LocalSet(0).End()),
            "type mismatch: expected i32, found f32");
}

TEST_F(InstructionTest, TooManyLocals) {
  // 50,000 with the parameter: one more than the limit leaves.
  EXPECT_EQ(Validate({kI32}, {}, Code().End(), {1, 0xd0, 0x86, 0x03, 0x7f}),
            "too many locals: 50001, the limit is 50000");
}

TEST_F(InstructionTest, TooManyLocalsOverflow) {
  EXPECT_THAT(Validate({}, {}, Code().End(),
                       {2, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f}),
              testing::StartsWith("too many locals"));
}

TEST_F(InstructionTest, MalformedLocalType) {
  EXPECT_THAT(Validate({}, {}, Code().End(), {1, 1, 0x40}), testing::StartsWith("malformed"));
}

TEST_F(InstructionTest, LocalsBeyondTheBody) {
  EXPECT_EQ(Validate({}, {}, Code(), {5, 1, 0x7f}), "unexpected end of section or function");
}

TEST_F(InstructionTest, UninitializedLocal) {
  // (local (ref 0)): no default value.
  EXPECT_EQ(Validate({}, {}, Code().LocalGet(0).Drop().End(), {1, 1, 0x64, 0}),
            "uninitialized local 0");
}

TEST_F(InstructionTest, InitializationEndsWithTheBlock) {
  const uint32_t type = 1;
  EXPECT_EQ(Validate({}, {},
                     Code()
                         .Block()
                         .Op(Opcode::kRefFunc, 0)
                         .LocalSet(0)
                         .LocalGet(0)
                         .Drop()
                         .End()
                         .LocalGet(0)
                         .Drop()
                         .End(),
                     {1, 1, 0x64, type}),
            "uninitialized local 0");
}

TEST_F(InstructionTest, Globals) {
  EXPECT_EQ(Validate({}, {kI64},
                     Code().I32Const(1).Op(Opcode::kGlobalSet, 0).Op(Opcode::kGlobalGet, 1).End()),
            "");
}

TEST_F(InstructionTest, ImmutableGlobal) {
  EXPECT_EQ(Validate({}, {}, Code().I64Const(1).Op(Opcode::kGlobalSet, 1).End()),
            "immutable global 1");
}

TEST_F(InstructionTest, UnknownGlobal) {
  EXPECT_EQ(Validate({}, {}, Code().Op(Opcode::kGlobalGet, 3).Drop().End()), "unknown global 3");
}

TEST_F(InstructionTest, SelectTakesNumbersOnly) {
  EXPECT_THAT(Validate({}, {},
                       Code()
                           .Op(Opcode::kRefNull)
                           .Raw({0x70})
                           .Op(Opcode::kRefNull)
                           .Raw({0x70})
                           .I32Const(1)
                           .Op(Opcode::kSelect)
                           .Drop()
                           .End()),
              testing::StartsWith("type mismatch"));
}

TEST_F(InstructionTest, SelectOfTwoTypes) {
  EXPECT_EQ(
      Validate({}, {}, Code().I32Const(1).I64Const(1).I32Const(1).Op(Opcode::kSelect).Drop().End()),
      "type mismatch: expected i32, found i64");
}

TEST_F(InstructionTest, TypedSelect) {
  EXPECT_EQ(Validate({}, {kFuncRef},
                     Code()
                         .Op(Opcode::kRefFunc, 0)
                         .Op(Opcode::kRefNull)
                         .Raw({0x70})
                         .I32Const(1)
                         .Op(Opcode::kSelectTyped)
                         .Raw({1, 0x70})
                         .End()),
            "");
  EXPECT_TRUE(features_.Has(Feature::kReferenceTypes));
}

TEST_F(InstructionTest, TypedSelectOfTwoResults) {
  EXPECT_EQ(
      Validate({}, {}, Code().Unreachable().Op(Opcode::kSelectTyped).Raw({2, 0x7f, 0x7f}).End()),
      "invalid result arity");
}

TEST_F(InstructionTest, AlignmentLargerThanNatural) {
  EXPECT_EQ(Validate({}, {}, Code().I32Const(0).Op(Opcode::kI32Load16U, 2, 0).Drop().End()),
            "alignment must not be larger than natural");
}

TEST_F(InstructionTest, MalformedMemoryFlags) {
  EXPECT_EQ(Validate({}, {}, Code().I32Const(0).Op(Opcode::kI32Load, 128, 0).Drop().End()),
            "malformed memop flags");
}

TEST_F(InstructionTest, SecondMemoryHas64BitAddresses) {
  EXPECT_EQ(Validate({}, {kF64},
                     Code().I64Const(0).Op(Opcode::kF64Load, 3 + 64, 1, uint64_t{1} << 40).End()),
            "");
  EXPECT_TRUE(features_.Has(Feature::kMultiMemory));
  EXPECT_TRUE(features_.Has(Feature::kMemory64));
}

TEST_F(InstructionTest, OffsetsOf32BitMemories) {
  EXPECT_EQ(
      Validate({}, {}, Code().I32Const(0).Op(Opcode::kI32Load, 2, uint64_t{1} << 32).Drop().End()),
      "offset out of range");
}

TEST_F(InstructionTest, OffsetsOfSeveralBytes) {
  for (uint64_t offset : {0u, 127u, 128u, 16383u, 16384u, 0xffffffffu}) {
    builder_.AddMemory();
    EXPECT_EQ(Validate({}, {kI32}, Code().I32Const(0).Op(Opcode::kI32Load, 2, offset).End()), "")
        << offset;
  }
}

TEST_F(InstructionTest, AddressOfAnotherType) {
  EXPECT_EQ(Validate({}, {}, Code().I64Const(0).Op(Opcode::kI32Load, 2, 0).Drop().End()),
            "type mismatch: expected i32, found i64");
}

TEST_F(InstructionTest, UnknownMemory) {
  EXPECT_EQ(Validate({}, {}, Code().I32Const(0).Op(Opcode::kI32Load, 2 + 64, 2, 0).Drop().End()),
            "unknown memory 2");
}

TEST_F(InstructionTest, UnknownMemory0) {
  builder_ = test::ModuleBuilder();
  EXPECT_EQ(Validate({}, {}, Code().I32Const(0).Op(Opcode::kI32Load, 2, 0).Drop().End()),
            "unknown memory 0");
}

TEST_F(InstructionTest, UnknownMemory0InUnreachableCode) {
  builder_ = test::ModuleBuilder();
  EXPECT_EQ(Validate({}, {}, Code().Unreachable().Op(Opcode::kI64Store, 2, 0).End()),
            "unknown memory 0");
}

TEST_F(InstructionTest, MemoryInstructions) {
  Code code;
  code.Op(Opcode::kMemorySize, 0).Op(Opcode::kMemoryGrow, 0).Drop();
  code.Op(Opcode::kMemorySize, 1).Op(Opcode::kMemoryGrow, 1).Drop();
  code.I32Const(0).I32Const(0).I32Const(0).Op(Opcode::kMemoryFill, 0);
  code.I64Const(0).I32Const(0).I32Const(0).Op(Opcode::kMemoryCopy, 1, 0);
  code.I64Const(0).I64Const(0).I64Const(0).Op(Opcode::kMemoryCopy, 1, 1);
  code.I64Const(0).I32Const(0).I32Const(0).Op(Opcode::kMemoryInit, 1, 1).Op(Opcode::kDataDrop, 0);
  EXPECT_EQ(Validate({}, {}, code.End()), "");
  EXPECT_TRUE(features_.Has(Feature::kBulkMemory));
}

TEST_F(InstructionTest, UnknownDataSegment) {
  EXPECT_EQ(Validate({}, {}, Code().Op(Opcode::kDataDrop, 2).End()), "unknown data segment 2");
}

TEST_F(InstructionTest, DataCountSectionRequired) {
  builder_ = test::ModuleBuilder();
  EXPECT_EQ(Validate({}, {}, Code().Op(Opcode::kDataDrop, 0).End()), "data count section required");
}

TEST_F(InstructionTest, TableInstructions) {
  Code code;
  code.I32Const(0).I32Const(0).Op(Opcode::kTableGet, 0).Op(Opcode::kTableSet, 0);
  code.Op(Opcode::kRefNull).Raw({0x6f}).Op(Opcode::kTableSize, 1).Op(Opcode::kTableGrow, 1).Drop();
  code.I64Const(0).Op(Opcode::kRefFunc, 0).I64Const(0).Op(Opcode::kTableFill, 2);
  code.I32Const(0).I64Const(0).I32Const(0).Op(Opcode::kTableCopy, 0, 2);
  code.I32Const(0).I32Const(0).I32Const(0).Op(Opcode::kTableInit, 1, 1).Op(Opcode::kElementDrop, 0);
  EXPECT_EQ(Validate({}, {}, code.End()), "");
}

TEST_F(InstructionTest, TableCopyBetweenDifferentReferences) {
  EXPECT_EQ(Validate({}, {}, Code().Unreachable().Op(Opcode::kTableCopy, 0, 1).End()),
            "type mismatch: expected funcref, found externref");
}

TEST_F(InstructionTest, TableInitOfOtherReferences) {
  EXPECT_EQ(Validate({}, {}, Code().Unreachable().Op(Opcode::kTableInit, 1, 0).End()),
            "type mismatch: expected funcref, found externref");
}

TEST_F(InstructionTest, UnknownElementSegment) {
  EXPECT_EQ(Validate({}, {}, Code().Op(Opcode::kElementDrop, 2).End()), "unknown elem segment 2");
}

TEST_F(InstructionTest, UndeclaredFunctionReference) {
  EXPECT_EQ(Validate({}, {}, Code().Op(Opcode::kRefFunc, 1).Drop().End()),
            "undeclared function reference 1");
}

TEST_F(InstructionTest, RefIsNull) {
  EXPECT_EQ(
      Validate({}, {kI32}, Code().Op(Opcode::kRefNull).Raw({0x6f}).Op(Opcode::kRefIsNull).End()),
      "");
}

TEST_F(InstructionTest, RefIsNullOfANumber) {
  EXPECT_EQ(Validate({}, {}, Code().I32Const(0).Op(Opcode::kRefIsNull).Drop().End()),
            "type mismatch: expected a reference, found i32");
}

TEST_F(InstructionTest, FunctionReferencesAreTyped) {
  EXPECT_EQ(Validate({}, {kI32},
                     Code().I32Const(0).Op(Opcode::kRefFunc, 0).Op(Opcode::kCallRef, 1).End()),
            "");
  EXPECT_TRUE(features_.Has(Feature::kFunctionReferences));
}

TEST_F(InstructionTest, SignExtensionAndSaturation) {
  EXPECT_EQ(
      Validate({kF32}, {kI64},
               Code().LocalGet(0).Op(Opcode::kI64TruncSatF32S).Op(Opcode::kI64Extend8S).End()),
      "");
  EXPECT_TRUE(features_.Has(Feature::kSignExtension));
  EXPECT_TRUE(features_.Has(Feature::kSaturatingTruncation));
}

TEST_F(InstructionTest, Vectors) {
  Code code;
  code.I32Const(0).Op(Opcode::kV128Load, 4, 0).I32Const(1).Op(Opcode::kI8x16Splat);
  code.Op(Opcode::kI8x16Shuffle).Raw({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 31});
  code.Op(Opcode::kI32x4ExtractLane).Raw({3});
  EXPECT_EQ(Validate({}, {kI32}, code.End()), "");
  EXPECT_TRUE(features_.Has(Feature::kSimd));
  EXPECT_FALSE(features_.Has(Feature::kRelaxedSimd));
}

TEST_F(InstructionTest, InvalidLane) {
  EXPECT_EQ(
      Validate({}, {}, Code().Unreachable().Op(Opcode::kI32x4ExtractLane).Raw({4}).Drop().End()),
      "invalid lane index 4");
}

TEST_F(InstructionTest, InvalidShuffleLane) {
  EXPECT_EQ(Validate({}, {},
                     Code()
                         .Unreachable()
                         .Op(Opcode::kI8x16Shuffle)
                         .Raw({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32})
                         .Drop()
                         .End()),
            "invalid lane index 32");
}

TEST_F(InstructionTest, RelaxedVectors) {
  EXPECT_EQ(
      Validate({kV128}, {kV128},
               Code().LocalGet(0).LocalGet(0).LocalGet(0).Op(Opcode::kF32x4RelaxedMadd).End()),
      "");
  EXPECT_TRUE(features_.Has(Feature::kRelaxedSimd));
}

TEST_F(InstructionTest, AtomicsNeedTheirNaturalAlignment) {
  EXPECT_EQ(Validate({}, {}, Code().I32Const(0).Op(Opcode::kI32AtomicLoad, 1, 0).Drop().End()),
            "atomic alignment must be natural");
}

TEST_F(InstructionTest, WhatHasNoRuleYetIsUnimplemented) {
  EXPECT_EQ(Validate({}, {}, Code().Op(Opcode::kStructNew, 0).Drop().End()),
            "needs feature gc: struct.new");
  EXPECT_EQ(status_.code(), absl::StatusCode::kUnimplemented);
}

TEST_F(InstructionTest, IllegalOpcodes) {
  EXPECT_EQ(Validate({}, {}, Code().Raw({0xff}).End()), "illegal opcode ff");
  EXPECT_EQ(status_.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Validate({}, {}, Code().Raw({0xfd, 0xff, 0x7f}).End()), "illegal opcode fd ff 7f");
}

TEST_F(InstructionTest, IntegersTooLongOrTooLarge) {
  const auto with_const = [](std::initializer_list<int> bytes) {
    return Code().Op(Opcode::kI32Const).Raw(bytes).Drop().End();
  };
  EXPECT_EQ(Validate({}, {}, with_const({0x80, 0x80, 0x80, 0x80, 0x78})), "");  // -2^31
  EXPECT_EQ(Validate({}, {}, with_const({0x80, 0x80, 0x80, 0x80, 0x70})), "integer too large");
  EXPECT_EQ(Validate({}, {}, with_const({0x80, 0x80, 0x80, 0x80, 0x80, 0x00})),
            "integer representation too long");
  EXPECT_EQ(Validate({}, {}, Code().Op(Opcode::kCall).Raw({0x80, 0x80, 0x80, 0x80, 0x10}).End()),
            "integer too large");
}

TEST_F(InstructionTest, BodyThatEndsInsideAnInstruction) {
  EXPECT_EQ(Validate({}, {}, Code().Op(Opcode::kF64Const).Raw({0, 0, 0})),
            "unexpected end of section or function");
  EXPECT_EQ(Validate({}, {}, Code().Op(Opcode::kI32Const).Raw({0x80})),
            "unexpected end of section or function");
  EXPECT_EQ(Validate({}, {}, Code().Op(Opcode::kV128Const)),
            "unexpected end of section or function");
  EXPECT_EQ(Validate({}, {}, Code().Op(Opcode::kLocalGet)),
            "unexpected end of section or function");
}

TEST_F(InstructionTest, BodyThatEndsInsideAnInstructionWithBytesBehindIt) {
  const uint32_t type = builder_.AddType({}, {});
  const uint32_t function = builder_.AddFunction(type, Code().Op(Opcode::kI32Const));
  builder_.Append(std::vector<uint8_t>(100, 0x0b));
  const auto module = builder_.Build();
  EXPECT_EQ(ValidateFunction(*module, function, limits_).status().message(),
            "unexpected end of section or function (at offset 0x2 in function 2)");
}

TEST_F(InstructionTest, ErrorsNameTheirPlace) {
  builder_.Append(std::vector<uint8_t>(0x100, 0));
  const uint32_t type = builder_.AddType({}, {});
  const uint32_t function =
      builder_.AddFunction(type, Code().F32Const(0).Op(Opcode::kI32Eqz).Drop().End());
  const auto module = builder_.Build();
  const absl::Status status = ValidateFunction(*module, function, limits_).status();
  EXPECT_EQ(status.message(),
            "type mismatch: expected i32, found f32 (at offset 0x106 in function 2)");
}

}  // namespace
}  // namespace wasmtier::decode

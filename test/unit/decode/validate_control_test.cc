// Control instructions: labels, arities, unreachable code, nesting.
#include "test/unit/decode/validator_test.h"

namespace wasmtier::decode {
namespace {

using ControlTest = ValidatorTest;

TEST_F(ControlTest, EmptyFunction) { EXPECT_EQ(Validate({}, {}, Code().End()), ""); }

TEST_F(ControlTest, MissingResult) {
  EXPECT_EQ(Validate({}, {kI32}, Code().End()),
            "type mismatch: expected i32, found nothing on the stack");
}

TEST_F(ControlTest, ValuesTooMany) {
  EXPECT_THAT(Validate({}, {}, Code().I32Const(1).End()), testing::StartsWith("type mismatch"));
}

TEST_F(ControlTest, BlocksHideTheOperandsOutside) {
  EXPECT_THAT(Validate({}, {}, Code().I32Const(1).Block().Drop().End().End()),
              testing::StartsWith("type mismatch"));
}

TEST_F(ControlTest, BlockParametersAndResults) {
  // Type 1: [i32] -> [i32].
  EXPECT_EQ(Validate({}, {kI32}, Code().I32Const(1).Block(1).Op(Opcode::kI32Clz).End().End()), "");
  EXPECT_TRUE(features_.Has(runtime::Feature::kMultiValue));
}

TEST_F(ControlTest, BlockParameterOfAnotherType) {
  EXPECT_EQ(Validate({}, {kI32}, Code().I64Const(1).Block(1).End().End()),
            "type mismatch: expected i32, found i64");
}

TEST_F(ControlTest, BlockTypeMustBeAFunctionType) {
  builder_.AddStructType();
  EXPECT_EQ(Validate({}, {}, Code().Block(4).End().End()), "unknown type 4");
}

TEST_F(ControlTest, UnknownBlockType) {
  EXPECT_EQ(Validate({}, {}, Code().Block(9).End().End()), "unknown type 9");
}

TEST_F(ControlTest, IfWithoutElseMustKeepItsParameters) {
  EXPECT_THAT(Validate({}, {kI32}, Code().I32Const(1).If(Code::kI32Block).I32Const(1).End().End()),
              testing::StartsWith("type mismatch: if without else"));
}

TEST_F(ControlTest, IfWithoutElseOfEqualTypes) {
  EXPECT_EQ(Validate({}, {kI32}, Code().I32Const(1).I32Const(1).If(1).End().End()), "");
}

TEST_F(ControlTest, IfElse) {
  EXPECT_EQ(
      Validate({kI32}, {kI64},
               Code().LocalGet(0).If(Code::kI64Block).I64Const(1).Else().I64Const(2).End().End()),
      "");
}

TEST_F(ControlTest, ElseOutsideOfIf) {
  EXPECT_EQ(Validate({}, {}, Code().Block().Else().End().End()), "type mismatch: else without if");
}

TEST_F(ControlTest, SecondElse) {
  EXPECT_EQ(Validate({}, {}, Code().I32Const(0).If().Else().Else().End().End()),
            "type mismatch: else without if");
}

TEST_F(ControlTest, UnknownLabel) {
  EXPECT_EQ(Validate({}, {}, Code().Op(Opcode::kBr, 1).End()), "unknown label 1");
}

TEST_F(ControlTest, BranchToTheFunctionReturns) {
  EXPECT_EQ(Validate({}, {kI32}, Code().I32Const(1).Op(Opcode::kBr, 0).End()), "");
}

TEST_F(ControlTest, LoopLabelsTakeTheParameters) {
  EXPECT_EQ(Validate({}, {kI32}, Code().Loop(Code::kI32Block).Op(Opcode::kBr, 0).End().End()), "");
}

TEST_F(ControlTest, BrIfKeepsTheOperands) {
  EXPECT_EQ(Validate({}, {kI32}, Code().I32Const(1).I32Const(0).Op(Opcode::kBrIf, 0).End()), "");
}

TEST_F(ControlTest, BrIfNeedsACondition) {
  EXPECT_EQ(Validate({}, {}, Code().F32Const(1).Op(Opcode::kBrIf, 0).End()),
            "type mismatch: expected i32, found f32");
}

TEST_F(ControlTest, BrTableLabelsOfOneType) {
  EXPECT_EQ(Validate({}, {kI32},
                     Code()
                         .Block(Code::kI32Block)
                         .I32Const(7)
                         .I32Const(0)
                         .Op(Opcode::kBrTable, 2, 0, 1, 0)
                         .End()
                         .End()),
            "");
}

TEST_F(ControlTest, BrTableLabelsOfDifferentArity) {
  EXPECT_THAT(Validate({}, {kI32},
                       Code()
                           .Block()
                           .I32Const(7)
                           .I32Const(0)
                           .Op(Opcode::kBrTable, 1, 0, 1)
                           .End()
                           .I32Const(1)
                           .End()),
              testing::StartsWith("type mismatch"));
}

TEST_F(ControlTest, BrTableInUnreachableCodeStillComparesArities) {
  EXPECT_EQ(
      Validate({}, {kI32},
               Code().Block().Unreachable().Op(Opcode::kBrTable, 1, 0, 1).End().I32Const(1).End()),
      "type mismatch: br_table labels take different numbers of operands");
}

TEST_F(ControlTest, BrTableLabelsOfDifferentTypesInUnreachableCode) {
  // The operands are of any type, so that labels of one arity agree (spec: "meet-bottom").
  EXPECT_EQ(Validate({}, {kI32},
                     Code()
                         .Block(0x7d)
                         .Unreachable()
                         .I32Const(0)
                         .Op(Opcode::kBrTable, 1, 0, 1)
                         .End()
                         .Drop()
                         .I32Const(1)
                         .End()),
            "");
}

TEST_F(ControlTest, BrTableUnknownLabel) {
  EXPECT_EQ(Validate({}, {}, Code().I32Const(0).Op(Opcode::kBrTable, 1, 0, 5).End()),
            "unknown label 5");
}

TEST_F(ControlTest, BrTableCountBeyondTheBody) {
  EXPECT_EQ(Validate({}, {}, Code().I32Const(0).Op(Opcode::kBrTable, 0x7fffffff, 0).End()),
            "unexpected end of section or function");
}

TEST_F(ControlTest, UnreachableCodePopsAnything) {
  EXPECT_EQ(Validate({}, {kI32}, Code().Unreachable().Op(Opcode::kI32Add).End()), "");
}

TEST_F(ControlTest, UnreachableCodeKeepsKnownTypes) {
  EXPECT_EQ(Validate({}, {}, Code().Unreachable().I64Const(1).Op(Opcode::kI32Eqz).Drop().End()),
            "type mismatch: expected i32, found i64");
  EXPECT_EQ(Validate({}, {kI32}, Code().Unreachable().F32Const(1).End()),
            "type mismatch: expected i32, found f32");
}

TEST_F(ControlTest, UnreachableCodeMixesKnownAndUnknown) {
  EXPECT_EQ(Validate({}, {kI32}, Code().Unreachable().I32Const(1).Op(Opcode::kI32Add).End()), "");
}

TEST_F(ControlTest, UnreachableOperandBelowAKnownOne) {
  EXPECT_EQ(Validate({}, {}, Code().Unreachable().F64Const(1).Op(Opcode::kI32Add).Drop().End()),
            "type mismatch: expected i32, found f64");
}

TEST_F(ControlTest, UnreachableEndsWithItsBlock) {
  EXPECT_THAT(Validate({}, {}, Code().Block().Unreachable().End().Drop().End()),
              testing::StartsWith("type mismatch"));
}

TEST_F(ControlTest, BlocksInsideUnreachableCodeAreCheckedAsUsual) {
  EXPECT_THAT(Validate({}, {}, Code().Unreachable().Block().Drop().End().End()),
              testing::StartsWith("type mismatch"));
}

TEST_F(ControlTest, ElseIsReachableAgain) {
  EXPECT_THAT(Validate({kI32}, {}, Code().LocalGet(0).If().Unreachable().Else().Drop().End().End()),
              testing::StartsWith("type mismatch"));
}

TEST_F(ControlTest, ValuesTooManyInUnreachableCode) {
  EXPECT_THAT(Validate({}, {}, Code().Unreachable().I32Const(1).End()),
              testing::StartsWith("type mismatch"));
}

TEST_F(ControlTest, ReturnAndBranchMakeTheRestUnreachable) {
  EXPECT_EQ(Validate({}, {kI32}, Code().I32Const(1).Op(Opcode::kReturn).Op(Opcode::kI32Add).End()),
            "");
}

TEST_F(ControlTest, SelectInUnreachableCodeYieldsWhatIsKnown) {
  EXPECT_EQ(Validate({}, {kI64}, Code().Unreachable().Op(Opcode::kSelect).End()), "");
}

TEST_F(ControlTest, SelectInUnreachableCodeOfOneKnownOperand) {
  EXPECT_EQ(
      Validate({}, {kI64}, Code().Unreachable().F32Const(1).I32Const(0).Op(Opcode::kSelect).End()),
      "type mismatch: expected i64, found f32");
}

TEST_F(ControlTest, CodeAfterTheEnd) {
  EXPECT_THAT(Validate({}, {}, Code().End().Op(Opcode::kNop)),
              testing::StartsWith("END opcode expected"));
}

TEST_F(ControlTest, MissingEnd) {
  EXPECT_EQ(Validate({}, {}, Code().Op(Opcode::kNop)), "unexpected end of section or function");
}

TEST_F(ControlTest, MissingEndOfABlock) {
  EXPECT_EQ(Validate({}, {}, Code().Block().End()), "unexpected end of section or function");
}

TEST_F(ControlTest, DeepNesting) {
  constexpr int kDepth = 100'000;
  Code code;
  for (int i = 0; i < kDepth; ++i) code.Block();
  code.Op(Opcode::kBr, kDepth);
  for (int i = 0; i < kDepth + 1; ++i) code.End();
  EXPECT_EQ(Validate({}, {}, code), "");
}

TEST_F(ControlTest, WideBlocksInSmallCode) {
  // Few bytes that push many operands: the stack must grow in time.
  const uint32_t type = builder_.AddType({}, Types(1000, kI32));
  Code code;
  for (int i = 0; i < 50; ++i) code.Block(static_cast<int>(type)).Unreachable().End();
  code.Unreachable().End();
  EXPECT_EQ(Validate({}, {}, code), "");
}

TEST_F(ControlTest, CallsCheckTheirOperands) {
  EXPECT_EQ(Validate({}, {kI32}, Code().I32Const(1).Op(Opcode::kCall, 0).End()), "");
}

TEST_F(ControlTest, CallOfOtherTypes) {
  EXPECT_EQ(Validate({}, {kF32, kF64}, Code().I64Const(1).I32Const(1).Op(Opcode::kCall, 1).End()),
            "type mismatch: expected i32, found i64");
}

TEST_F(ControlTest, CallOfUnknownFunction) {
  EXPECT_EQ(Validate({}, {}, Code().Op(Opcode::kCall, 77).End()), "unknown function 77");
}

TEST_F(ControlTest, CallIndirect) {
  EXPECT_EQ(
      Validate({}, {kI32}, Code().I32Const(1).I32Const(0).Op(Opcode::kCallIndirect, 1, 0).End()),
      "");
}

TEST_F(ControlTest, CallIndirectThroughATableOf64Bits) {
  EXPECT_EQ(
      Validate({}, {kI32}, Code().I32Const(1).I64Const(0).Op(Opcode::kCallIndirect, 1, 2).End()),
      "");
}

TEST_F(ControlTest, CallIndirectThroughATableOfOtherReferences) {
  EXPECT_THAT(
      Validate({}, {kI32}, Code().I32Const(1).I32Const(0).Op(Opcode::kCallIndirect, 1, 1).End()),
      testing::StartsWith("type mismatch"));
}

TEST_F(ControlTest, CallIndirectOfUnknownTypeAndTable) {
  EXPECT_EQ(Validate({}, {}, Code().I32Const(0).Op(Opcode::kCallIndirect, 70, 0).End()),
            "unknown type 70");
}

TEST_F(ControlTest, CallIndirectOfUnknownTable) {
  EXPECT_EQ(Validate({}, {}, Code().I32Const(0).Op(Opcode::kCallIndirect, 0, 3).End()),
            "unknown table 3");
}

TEST_F(ControlTest, TailCallsReturnTheFunctionsResults) {
  EXPECT_EQ(Validate({}, {kI32}, Code().I32Const(1).Op(Opcode::kReturnCall, 0).End()), "");
  EXPECT_TRUE(features_.Has(runtime::Feature::kTailCall));
}

TEST_F(ControlTest, TailCallOfOtherResults) {
  EXPECT_THAT(Validate({}, {kI64}, Code().I32Const(1).Op(Opcode::kReturnCall, 0).End()),
              testing::StartsWith("type mismatch: a tail call returns [i32] -> [i32]"));
}

TEST_F(ControlTest, IndirectTailCall) {
  EXPECT_EQ(Validate({}, {kI32},
                     Code().I32Const(1).I32Const(0).Op(Opcode::kReturnCallIndirect, 1, 0).End()),
            "");
}

}  // namespace
}  // namespace wasmtier::decode

// What a sink is told, with checks and without (tiers/decode/sink.h).
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/module_builder.h"
#include "tiers/decode/body_decoder.h"

namespace wasmtier::decode {
namespace {

using runtime::kF64;
using runtime::kI32;
using runtime::kI64;
using test::Code;
using testing::ElementsAre;

// Writes each call down, most with the height of the operand stack.
struct RecordingSink : NullSink {
  static constexpr bool kIgnoresCode = false;

  void Add(std::string text) { calls.push_back(absl::StrCat(text, " @", state->height())); }

  void BeginFunction(const BodyState& body) {
    state = &body;
    Add(absl::StrCat("begin ", body.locals().size()));
  }
  void EndFunction() { calls.push_back("end function"); }
  void Block(const Control& control) {
    EXPECT_EQ(&control, &state->label(0));
    Add(absl::StrCat("block ", control.height));
  }
  void Loop(const Control& control) { Add(absl::StrCat("loop ", control.height)); }
  void If(const Control& control) { Add(absl::StrCat("if ", control.height)); }
  void Else(const Control&, bool reachable) { Add(absl::StrCat("else ", reachable)); }
  void End(const Control& control, bool reachable) {
    calls.push_back(absl::StrCat("end ", reachable, " ", control.height));
  }
  void Br(uint32_t depth) { Add(absl::StrCat("br ", depth)); }
  void BrIf(uint32_t depth) { Add(absl::StrCat("br_if ", depth)); }
  void BrTable(BrTableReader reader) {
    std::string text = absl::StrCat("br_table of ", reader.size(), ":");
    while (reader.HasNext()) absl::StrAppend(&text, " ", reader.Next());
    Add(text);
  }
  void Return() { Add("return"); }
  void Unreachable() { Add("unreachable"); }
  void Drop() { Add("drop"); }
  void Select(runtime::ValueType type) { Add("select " + ToString(type)); }
  void LocalGet(uint32_t local) { Add(absl::StrCat("local.get ", local)); }
  void Const(runtime::ValueType type, uint64_t bits) {
    Add(absl::StrCat(ToString(type), ".const ", bits));
  }
  void Call(uint32_t function) { Add(absl::StrCat("call ", function)); }
  template <Opcode op>
  void Binary() {
    Add(Name(op));
  }
  template <Opcode op>
  void Load(const MemoryArgument& argument) {
    Add(absl::StrCat(Name(op), " ", argument.memory, " ", argument.alignment, " ", argument.offset,
                     " at ", state->offset()));
  }
  template <Opcode op>
  void VectorSplat() {
    Add(Name(op));
  }
  template <Opcode op>
  void VectorTest() {
    Add(Name(op));
  }
  void VectorConst(const uint8_t* bytes) {
    Add(absl::StrCat("v128.const ", bytes[0], "...", bytes[15]));
  }
  void VectorShuffle(const uint8_t* lanes) {
    Add(absl::StrCat("i8x16.shuffle ", lanes[0], "...", lanes[15]));
  }
  template <Opcode op>
  void VectorReplaceLane(uint32_t lane) {
    Add(absl::StrCat(Name(op), " ", lane));
  }
  template <Opcode op>
  void VectorLoadLane(const MemoryArgument& argument, uint32_t lane) {
    Add(absl::StrCat(Name(op), " ", argument.offset, " ", lane));
  }

  const BodyState* state = nullptr;
  std::vector<std::string> calls;
};

template <typename Checks>
class SinkTest : public testing::Test {
 protected:
  using Types = std::vector<runtime::ValueType>;

  std::vector<std::string> Record(Types params, Types results, const Code& code,
                                  const std::vector<uint8_t>& locals = {0}) {
    const uint32_t function =
        builder_.AddFunction(builder_.AddType(std::move(params), std::move(results)), code, locals);
    const auto module = builder_.Build();
    RecordingSink sink;
    BodyDecoder<Checks, RecordingSink> decoder(*module, sink);
    EXPECT_TRUE(decoder.Decode(function)) << decoder.error().message;
    return sink.calls;
  }

  test::ModuleBuilder builder_;
};

using Modes = testing::Types<Validate, NoChecks>;
TYPED_TEST_SUITE(SinkTest, Modes);

TYPED_TEST(SinkTest, OperandsAreOnTheStackWhenTheSinkIsCalled) {
  EXPECT_THAT(
      this->Record({kI32}, {kI32}, Code().LocalGet(0).I32Const(-1).Op(Opcode::kI32Add).End()),
      ElementsAre("begin 1 @0", "local.get 0 @0", "i32.const 4294967295 @1", "i32.add @2",
                  "end 1 0", "end function"));
}

TYPED_TEST(SinkTest, UnreachableCodeIsNotReported) {
  EXPECT_THAT(this->Record({}, {kI32},
                           Code()
                               .Block(Code::kI32Block)
                               .I32Const(1)
                               .Op(Opcode::kBr, 0)
                               .Op(Opcode::kI32Add)
                               .Loop()
                               .Op(Opcode::kBr, 0)
                               .End()
                               .End()
                               .End()),
              ElementsAre("begin 0 @0", "block 0 @0", "i32.const 1 @0", "br 0 @1", "end 0 0",
                          "end 1 0", "end function"));
}

TYPED_TEST(SinkTest, ElseOfAnUnreachableThenPart) {
  EXPECT_THAT(
      this->Record({kI32}, {},
                   Code().LocalGet(0).If().Unreachable().Else().I32Const(5).Drop().End().End()),
      ElementsAre("begin 1 @0", "local.get 0 @0", "if 0 @1", "unreachable @0", "else 0 @0",
                  "i32.const 5 @0", "drop @1", "end 1 0", "end 1 0", "end function"));
}

TYPED_TEST(SinkTest, IfWithParametersHasItsConditionOnTop) {
  this->builder_.AddType({kI32}, {kI32});
  EXPECT_THAT(this->Record({}, {kI32}, Code().I32Const(7).I32Const(1).If(0).End().End()),
              ElementsAre("begin 0 @0", "i32.const 7 @0", "i32.const 1 @1", "if 0 @2", "end 1 0",
                          "end 1 0", "end function"));
}

TYPED_TEST(SinkTest, NestedIfInUnreachableCodeOfAThenPart) {
  EXPECT_THAT(this->Record({kI32}, {},
                           Code()
                               .LocalGet(0)
                               .If()
                               .Op(Opcode::kReturn)
                               .I32Const(0)
                               .If()
                               .Else()
                               .End()
                               .Else()
                               .End()
                               .End()),
              ElementsAre("begin 1 @0", "local.get 0 @0", "if 0 @1", "return @0", "else 0 @0",
                          "end 1 0", "end 1 0", "end function"));
}

TYPED_TEST(SinkTest, UnreachableImmediatesAreNotTakenForInstructions) {
  // Immediates with bytes of `end` (0x0b) and `block` (0x02) in them.
  this->builder_.AddMemory();
  this->builder_.AddMemory();
  this->builder_.AddTable();
  for (int i = 0; i < 12; ++i) this->builder_.AddType({}, {});
  Code code;
  code.Unreachable();
  code.I32Const(11).Drop().I64Const(0x0b0b0b).Drop();
  code.Op(Opcode::kF32Const).Raw({0x0b, 2, 0x0b, 2}).Drop();
  code.Op(Opcode::kF64Const).Raw({0x0b, 2, 0x0b, 2, 0x0b, 2, 0x0b, 2}).Drop();
  code.Op(Opcode::kV128Const).Raw(std::vector<uint8_t>(16, 0x0b)).Drop();
  code.Op(Opcode::kI8x16Shuffle).Raw(std::vector<uint8_t>(16, 0x0b));
  code.Op(Opcode::kI8x16ExtractLaneU).Raw({0x0b}).Drop();
  code.Op(Opcode::kI32Load, 2 + 64, 1, 0x0b).Drop();
  code.Op(Opcode::kV128Load8Lane, 0, 0x0b).Raw({0x0b}).Drop();
  code.Op(Opcode::kMemoryCopy, 1, 0).Op(Opcode::kCallIndirect, 0x0b, 0);
  code.Op(Opcode::kSelectTyped).Raw({1, 0x64, 0x0b}).Drop();
  code.Op(Opcode::kRefNull).Raw({0x0b}).Drop();
  code.Block(0x0b).I32Const(0).Op(Opcode::kBrTable, 3, 0, 1, 0, 1).End();
  code.End();
  EXPECT_THAT(this->Record({}, {}, code),
              ElementsAre("begin 0 @0", "unreachable @0", "end 0 0", "end function"));
}

TYPED_TEST(SinkTest, BrTable) {
  EXPECT_THAT(
      this->Record({}, {}, Code().Block().I32Const(3).Op(Opcode::kBrTable, 2, 1, 0, 1).End().End()),
      ElementsAre("begin 0 @0", "block 0 @0", "i32.const 3 @0", "br_table of 3: 1 0 1 @1",
                  "end 0 0", "end 1 0", "end function"));
}

TYPED_TEST(SinkTest, CallsOfSeveralResults) {
  const uint32_t type = this->builder_.AddType({kI32}, {kI32, kI64, kF64});
  this->builder_.ImportFunction(type);
  EXPECT_THAT(
      this->Record({}, {}, Code().I32Const(1).Op(Opcode::kCall, 0).Drop().Drop().Drop().End()),
      ElementsAre("begin 0 @0", "i32.const 1 @0", "call 0 @1", "drop @3", "drop @2", "drop @1",
                  "end 1 0", "end function"));
}

TYPED_TEST(SinkTest, SelectKnowsItsType) {
  EXPECT_THAT(this->Record({kF64}, {kF64},
                           Code().LocalGet(0).LocalGet(0).I32Const(0).Op(Opcode::kSelect).End()),
              testing::Contains("select f64 @3"));
}

TYPED_TEST(SinkTest, MemoryArgumentsAndOffsets) {
  this->builder_.AddMemory();
  this->builder_.AddMemory();
  EXPECT_THAT(this->Record({}, {},
                           Code()
                               .I32Const(0)
                               .Op(Opcode::kI64Load, 3, 300)
                               .Drop()
                               .I32Const(0)
                               .Op(Opcode::kI32Load8U, 64, 1, 70000)
                               .Drop()
                               .End()),
              testing::AllOf(testing::Contains("i64.load 0 3 300 at 3 @1"),
                             testing::Contains("i32.load8_u 1 0 70000 at 10 @1")));
}

TYPED_TEST(SinkTest, VectorsWithTheirImmediates) {
  this->builder_.AddMemory();
  std::vector<uint8_t> bytes(16, 1);
  bytes[0] = 7;
  bytes[15] = 31;
  Code code;
  code.Op(Opcode::kV128Const).Raw(bytes).LocalGet(0).Op(Opcode::kI8x16Splat);
  code.Op(Opcode::kI8x16Shuffle).Raw(bytes).LocalGet(0).Op(Opcode::kI16x8ReplaceLane, 5);
  code.Op(Opcode::kV128AnyTrue).Op(Opcode::kV128Const).Raw(bytes);
  code.Op(Opcode::kV128Load32Lane, 0, 300, 3).Op(Opcode::kI32x4AllTrue).End();
  EXPECT_THAT(this->Record({kI32}, {kI32}, code),
              ElementsAre("begin 1 @0", "v128.const 7...31 @0", "local.get 0 @1", "i8x16.splat @2",
                          "i8x16.shuffle 7...31 @2", "local.get 0 @1", "i16x8.replace_lane 5 @2",
                          "v128.any_true @1", "v128.const 7...31 @1", "v128.load32_lane 300 3 @2",
                          "i32x4.all_true @1", "end 1 0", "end function"));
}

struct SinkOfUnsupported : NullSink {
  static constexpr bool kIgnoresCode = false;

  template <Opcode op>
  void Unsupported() {
    opcodes.emplace_back(Name(op));
  }

  std::vector<std::string> opcodes;
};

TYPED_TEST(SinkTest, OpcodesThatNoTierExecutesAreNamed) {
  this->builder_.AddMemory();
  const uint32_t function =
      this->builder_.AddFunction(this->builder_.AddType({kI32}, {kI32}),
                                 Code().LocalGet(0).Op(Opcode::kI32AtomicLoad, 2, 0).End());
  const auto module = this->builder_.Build();
  SinkOfUnsupported sink;
  BodyDecoder<TypeParam, SinkOfUnsupported> decoder(*module, sink);
  EXPECT_TRUE(decoder.Decode(function)) << decoder.error().message;
  EXPECT_THAT(sink.opcodes, ElementsAre("i32.atomic.load"));
}

TYPED_TEST(SinkTest, DecoderIsUsedForManyFunctions) {
  const uint32_t type = this->builder_.AddType({kI32}, {});
  const uint32_t first = this->builder_.AddFunction(type, Code().End(), {1, 100, 0x7e});
  const uint32_t second = this->builder_.AddFunction(type, Code().LocalGet(0).Drop().End());
  const auto module = this->builder_.Build();
  RecordingSink sink;
  BodyDecoder<TypeParam, RecordingSink> decoder(*module, sink);
  EXPECT_TRUE(decoder.Decode(first));
  EXPECT_TRUE(decoder.Decode(second));
  EXPECT_THAT(sink.calls, ElementsAre("begin 101 @0", "end 1 0", "end function", "begin 1 @0",
                                      "local.get 0 @0", "drop @1", "end 1 0", "end function"));
}

}  // namespace
}  // namespace wasmtier::decode

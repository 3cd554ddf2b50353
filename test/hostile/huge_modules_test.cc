// Counts, lengths and nesting that promise more than a module holds or a stack can take.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/hostile/seed_modules.h"
#include "test/unit/engine/load_binary.h"

namespace wasmtier::test {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(const Binary& binary) { return std::string(TryLoad(binary.bytes()).message()); }

Bytes Repeat(size_t count, const Bytes& part) {
  Bytes bytes;
  bytes.reserve(count * part.size());
  for (size_t i = 0; i < count; ++i) bytes.insert(bytes.end(), part.begin(), part.end());
  return bytes;
}

constexpr uint32_t kHugeCounts[] = {100, 65536, 999999, 10000000, 0x7fffffff, 0xffffffff};
constexpr size_t kSmallAllocation = 16384;

TEST(HugeModules, CountsOfEntriesThatAreNotThere) {
  for (uint8_t section : {kTypes, kImports, kFunctions, kTables, kMemories, kTags, kGlobals,
                          kExports, kElements, kDataCount, kCode, kData}) {
    for (uint32_t count : kHugeCounts) {
      SCOPED_TRACE(testing::Message() << "section " << int{section} << ", count " << count);
      const Binary binary = Binary().Section(section, Leb(count));
      TakeLargestAllocation();
      EXPECT_NE(ErrorOf(binary), "");
      EXPECT_LT(TakeLargestAllocation(), kSmallAllocation);
    }
  }
}

TEST(HugeModules, CountsInsideOfEntries) {
  for (uint32_t count : kHugeCounts) {
    const Bytes huge = Leb(count);
    const Binary binaries[] = {
        Binary().Section(kTypes, Bytes{1, 0x60} + huge),                    // parameters
        Binary().Section(kTypes, Bytes{1, 0x60, 0} + huge),                 // results
        Binary().Section(kTypes, Bytes{1, 0x5f} + huge),                    // fields
        Binary().Section(kTypes, Bytes{1, 0x4e} + huge),                    // recursion group
        Binary().Section(kTypes, Bytes{1, 0x50} + huge),                    // supertypes
        Binary().Section(kImports, Bytes{1} + huge + Bytes{1, 1, 1}),       // name
        Binary().Section(kElements, Bytes{1, 1, 0} + huge),                 // functions
        Binary().Section(kElements, Bytes{1, 5, 0x70} + huge),              // expressions
        Binary().Section(kData, Bytes{1, 1} + huge),                        // bytes
        Binary().Section(kCustom, huge),                                    // name
        Binary().Raw(Bytes{kCustom} + huge),                                // section
        WithFunction().Section(kCode, Bytes{1} + huge),                     // body
        WithFunction().Section(kCode, Bytes{1} + Leb(huge.size()) + huge),  // locals
        WithFunction().Section(kCode,
                               Bytes{1} + Leb(huge.size() + 2) + Bytes{1} + huge + Bytes{0x7f}),
        WithFunction().Section(  // br_table
            kCode, Bytes{1} + Leb(huge.size() + 5) + Bytes{0, 0x41, 0, 0x0e} + huge + Bytes{0x0b}),
        WithFunction().Section(  // select
            kCode, Bytes{1} + Leb(huge.size() + 3) + Bytes{0, 0x1c} + huge + Bytes{0x0b}),
    };
    for (const Binary& binary : binaries) {
      TakeLargestAllocation();
      EXPECT_NE(ErrorOf(binary), "");
      EXPECT_LT(TakeLargestAllocation(), 4 * kSmallAllocation + 8 * binary.bytes().size());
    }
  }
}

TEST(HugeModules, NamesOfNothing) {
  for (uint32_t count : kHugeCounts) {
    const Bytes subsection = Leb(count);
    const Binary binary =
        WithFunction()
            .Section(kCode, EmptyBodies(1))
            .Section(kCustom, Name("name") + Bytes{1} + Leb(subsection.size()) + subsection);
    TakeLargestAllocation();
    EXPECT_EQ(ErrorOf(binary), "");
    EXPECT_LT(TakeLargestAllocation(), kSmallAllocation);
  }
}

Binary WithBody(const Bytes& code) {
  return WithFunction().Section(kCode, Bytes{1} + Leb(code.size() + 1) + Bytes{0} + code);
}

TEST(HugeModules, DeepNestingOfBlocks) {
  constexpr size_t kDepth = 1000000;
  for (const Bytes& open : {Bytes{0x02, 0x40}, Bytes{0x03, 0x40}, Bytes{0x41, 0, 0x04, 0x40}}) {
    const Bytes nest = Repeat(kDepth, open);
    EXPECT_NE(ErrorOf(WithBody(nest)), "");
    EXPECT_EQ(ErrorOf(WithBody(nest + Bytes(kDepth + 1, 0x0b))), "");
  }
}

TEST(HugeModules, DeepOperandStack) {
  constexpr size_t kDepth = 1000000;
  const Bytes pushes = Repeat(kDepth, {0x41, 0});
  EXPECT_THAT(ErrorOf(WithBody(pushes + Bytes{0x0b})), HasSubstr("type mismatch"));
  EXPECT_EQ(ErrorOf(WithBody(pushes + Bytes(kDepth, 0x1a) + Bytes{0x0b})), "");
}

TEST(HugeModules, LongConstantExpression) {
  constexpr size_t kLength = 100000;
  const Bytes sum = Repeat(kLength, {0x41, 1}) + Bytes(kLength - 1, 0x6a) + Bytes{0x0b};
  EXPECT_EQ(ErrorOf(Binary().Section(kGlobals, Bytes{1, 0x7f, 0} + sum)), "");
}

TEST(HugeModules, LocalsBeyondTheLimit) {
  const auto locals = [](uint32_t count) {
    const Bytes code = Bytes{1} + Leb(count) + Bytes{0x7f, 0x0b};
    return WithFunction().Section(kCode, Bytes{1} + Leb(code.size()) + code);
  };
  EXPECT_EQ(ErrorOf(locals(50000)), "");
  EXPECT_THAT(ErrorOf(locals(50001)), HasSubstr("too many locals"));
  // Two groups whose sum overflows 32 bits.
  const Bytes code = Bytes{2} + Leb(0xffffffff) + Bytes{0x7f} + Leb(2) + Bytes{0x7e, 0x0b};
  EXPECT_THAT(ErrorOf(WithFunction().Section(kCode, Bytes{1} + Leb(code.size()) + code)),
              HasSubstr("too many locals"));
}

// Work must stay linear in the size of the module: these take seconds when it does not.
TEST(HugeModules, LongChainsOfTypes) {
  constexpr uint32_t kCount = 200000;
  Bytes chain = Leb(kCount) + Bytes{0x50, 0, 0x5f, 0};
  for (uint32_t i = 1; i < kCount; ++i)
    chain = std::move(chain) + Bytes{0x50, 1} + Leb(i - 1) + Bytes{0x5f, 0};
  EXPECT_THAT(ErrorOf(Binary().Section(kTypes, chain)), HasSubstr("subtyping too deep"));
  Bytes group = Bytes{1, 0x4e} + Leb(kCount);
  for (uint32_t i = 0; i < kCount; ++i) {
    group = std::move(group) + Bytes{0x60, 1, 0x63} + Leb(kCount - 1) + Bytes{0};
  }
  EXPECT_EQ(ErrorOf(Binary().Section(kTypes, group)), "");
}

TEST(HugeModules, ManySmallThings) {
  constexpr uint32_t kCount = 200000;
  EXPECT_EQ(ErrorOf(WithTypes()
                        .Section(kFunctions, Leb(kCount) + Bytes(kCount, 0))
                        .Section(kGlobals, Leb(kCount) + Repeat(kCount, {0x7f, 0, 0x41, 0, 0x0b}))
                        .Section(kElements, Leb(kCount) + Repeat(kCount, {1, 0, 1, 0}))
                        .Section(kCode, EmptyBodies(kCount))),
            "");
}

}  // namespace
}  // namespace wasmtier::test

// The element, data count and data sections.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/unit/engine/load_binary.h"

namespace wasmtier::test {
namespace {

using runtime::ElementSegment;
using runtime::Feature;
using runtime::HeapKind;
using runtime::ValueType;
using ::testing::StartsWith;

// Two functions, tables of funcref and externref.
Binary WithElements(const Bytes& section) {
  return WithTypes()
      .Section(kFunctions, {2, 0, 0})
      .Section(kTables, {2, 0x70, 0, 9, 0x6f, 0, 9})
      .Section(kElements, section)
      .Section(kCode, EmptyBodies(2));
}

ElementSegment LoadElement(const Bytes& segment) {
  const LoadResult module = Load(WithElements(Leb(1) + segment));
  EXPECT_TRUE(module.ok()) << module.status();
  return module.ok() ? (*module)->elements.at(0) : ElementSegment();
}

std::string ElementError(const Bytes& segment) { return LoadError(WithElements(Leb(1) + segment)); }

// i32.const 3
const Bytes kOffset = {0x41, 3, 0x0b};
constexpr ValueType kNonNull = ValueType::Ref(HeapKind::kFunc, false);

TEST(LoadElements, AllEightForms) {
  const Bytes functions = {2, 1, 0};
  const Bytes expressions = {2, 0xd2, 0, 0x0b, 0xd0, 0x70, 0x0b};
  struct {
    Bytes bytes;
    ElementSegment::Mode mode;
    bool expressions;
    ValueType type;
  } cases[] = {
      {Bytes{0} + kOffset + functions, ElementSegment::Mode::kActive, false, kNonNull},
      {Bytes{1, 0} + functions, ElementSegment::Mode::kPassive, false, kNonNull},
      {Bytes{2, 0} + kOffset + Bytes{0} + functions, ElementSegment::Mode::kActive, false,
       kNonNull},
      {Bytes{3, 0} + functions, ElementSegment::Mode::kDeclarative, false, kNonNull},
      {Bytes{4} + kOffset + expressions, ElementSegment::Mode::kActive, true, runtime::kFuncRef},
      {Bytes{5, 0x70} + expressions, ElementSegment::Mode::kPassive, true, runtime::kFuncRef},
      {Bytes{6, 0} + kOffset + Bytes{0x70} + expressions, ElementSegment::Mode::kActive, true,
       runtime::kFuncRef},
      {Bytes{7, 0x70} + expressions, ElementSegment::Mode::kDeclarative, true, runtime::kFuncRef},
  };
  for (const auto& item : cases) {
    SCOPED_TRACE(static_cast<int>(item.bytes[0]));
    const ElementSegment segment = LoadElement(item.bytes);
    EXPECT_EQ(segment.mode, item.mode);
    EXPECT_EQ(segment.items_are_expressions, item.expressions);
    EXPECT_EQ(segment.type, item.type);
    EXPECT_EQ(segment.count, 2u);
    EXPECT_EQ(segment.items.size, item.expressions ? 6u : 2u);
    EXPECT_EQ(segment.offset.bytes.size, item.mode == ElementSegment::Mode::kActive ? 3u : 0u);
  }
}

TEST(LoadElements, FunctionsAreDeclared) {
  const LoadResult module = Load(WithElements({1, 3, 0, 1, 1}));
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_FALSE((*module)->declared_functions[0]);
  EXPECT_TRUE((*module)->declared_functions[1]);
  EXPECT_TRUE((*module)->features.Has(Feature::kReferenceTypes));
}

TEST(LoadElements, Errors) {
  EXPECT_THAT(ElementError({8, 0, 0}), StartsWith("malformed elements segment kind"));
  EXPECT_THAT(ElementError({1, 1, 0}), StartsWith("malformed element kind"));
  EXPECT_THAT(ElementError({1, 0, 1, 2}), StartsWith("unknown function 2"));
  EXPECT_THAT(ElementError({2, 2, 0x41, 0, 0x0b, 0, 0}), StartsWith("unknown table 2"));
  EXPECT_THAT(ElementError({0, 0x42, 0, 0x0b, 0}), StartsWith("type mismatch"));
  // Functions for a table of externref.
  EXPECT_THAT(ElementError({2, 1, 0x41, 0, 0x0b, 0, 0}), StartsWith("type mismatch"));
  EXPECT_THAT(ElementError({5, 0x6f, 1, 0xd2, 0, 0x0b}), StartsWith("type mismatch"));
  EXPECT_THAT(ElementError({5, 0x7f, 0}), StartsWith("malformed reference type"));
}

Binary WithData(const Bytes& section) {
  return Binary().Section(kMemories, {1, 0, 1}).Section(kData, section);
}

TEST(LoadData, AllForms) {
  const LoadResult module =
      Load(WithData(Leb(3) + Bytes{0} + kOffset + Bytes{1, 'a'} + Bytes{1, 2, 'b', 'c'} +
                    Bytes{2, 0} + kOffset + Bytes{0}));
  ASSERT_TRUE(module.ok()) << module.status();
  const auto& data = (*module)->data;
  ASSERT_EQ(data.size(), 3u);
  EXPECT_TRUE(data[0].is_active);
  EXPECT_FALSE(data[1].is_active);
  EXPECT_THAT((*module)->BytesOf(data[1].bytes), ::testing::ElementsAre('b', 'c'));
  EXPECT_TRUE(data[2].is_active);
  EXPECT_EQ(data[2].bytes.size, 0u);
}

TEST(LoadData, Errors) {
  EXPECT_THAT(LoadError(WithData({1, 3, 0})), StartsWith("malformed data segment kind"));
  EXPECT_THAT(LoadError(WithData({1, 2, 1, 0x41, 0, 0x0b, 0})), StartsWith("unknown memory 1"));
  EXPECT_THAT(LoadError(WithData({1, 1, 2, 'a'})), StartsWith("unexpected end"));
  EXPECT_THAT(LoadError(WithData({1, 0, 0x42, 0, 0x0b, 0})), StartsWith("type mismatch"));
  EXPECT_THAT(LoadError(Binary().Section(kData, {1, 0, 0x41, 0, 0x0b, 0})),
              StartsWith("unknown memory 0"));
}

TEST(LoadData, CountMustBeConsistent) {
  const std::string phrase = "data count and data section have inconsistent lengths";
  EXPECT_THAT(LoadError(Binary().Section(kDataCount, {1})), StartsWith(phrase));
  EXPECT_THAT(LoadError(Binary().Section(kDataCount, {1}).Section(kData, {0})), StartsWith(phrase));
  EXPECT_EQ(LoadError(Binary().Section(kDataCount, {1}).Section(kData, {1, 1, 0})), "");
  EXPECT_EQ(LoadError(Binary().Section(kDataCount, {0})), "");
}

}  // namespace
}  // namespace wasmtier::test

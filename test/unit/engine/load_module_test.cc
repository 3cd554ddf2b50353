// The binary as a whole: header, sections and their order, custom sections, limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/unit/engine/load_binary.h"

namespace wasmtier::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

LoadResult LoadBytes(Bytes bytes) {
  runtime::TypeRegistry registry;
  return engine::LoadModule(engine::OwnBytes(std::move(bytes)), registry, {});
}

std::string ErrorOfBytes(Bytes bytes) {
  return std::string(LoadBytes(std::move(bytes)).status().message());
}

TEST(LoadModule, EmptyModuleIsValid) {
  const LoadResult module = Load(Binary());
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ((*module)->function_count(), 0u);
  EXPECT_TRUE((*module)->features.empty());
}

TEST(LoadModule, HeaderIsChecked) {
  EXPECT_EQ(ErrorOfBytes({}), "unexpected end (at offset 0x0)");
  EXPECT_EQ(ErrorOfBytes({0, 'a', 's'}), "unexpected end (at offset 0x3)");
  EXPECT_EQ(ErrorOfBytes({'w', 'a', 's', 'm'}), "magic header not detected (at offset 0x0)");
  EXPECT_EQ(ErrorOfBytes({0, 'a', 's', 'm', 1, 0, 0}), "unexpected end (at offset 0x7)");
  EXPECT_EQ(ErrorOfBytes({0, 'a', 's', 'm', 2, 0, 0, 0}), "unknown binary version (at offset 0x4)");
}

TEST(LoadModule, ErrorsAreInvalidArgument) {
  EXPECT_EQ(LoadBytes({}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(LoadModule, UnknownSectionIdIsMalformed) {
  EXPECT_THAT(LoadError(Binary().Section(14, {})), StartsWith("malformed section id 14"));
  EXPECT_THAT(LoadError(Binary().Section(0x7f, {})), StartsWith("malformed section id"));
}

TEST(LoadModule, SectionsMustBeInOrderAndSingle) {
  EXPECT_EQ(LoadError(WithTypes().Section(kTypes, {0})),
            "unexpected content after last section (at offset 0x13)");
  EXPECT_THAT(LoadError(Binary().Section(kMemories, {0}).Section(kTables, {0})),
              StartsWith("unexpected content after last section"));
  EXPECT_THAT(LoadError(Binary().Section(kGlobals, {0}).Section(kTags, {0})),
              StartsWith("unexpected content after last section"));
  EXPECT_THAT(LoadError(Binary().Section(kCode, {0}).Section(kDataCount, {0})),
              StartsWith("unexpected content after last section"));
  EXPECT_EQ(LoadError(Binary()
                          .Section(kMemories, {0})
                          .Section(kTags, {0})
                          .Section(kGlobals, {0})
                          .Section(kDataCount, {0})
                          .Section(kCode, {0})
                          .Section(kData, {0})),
            "");
}

TEST(LoadModule, SectionLengthMustMatch) {
  EXPECT_EQ(LoadError(Binary().Raw({kTypes, 5, 0})), "length out of bounds (at offset 0x8)");
  EXPECT_EQ(LoadError(Binary().Section(kTypes, {0, 0})),
            "section size mismatch (at offset 0xb in the type section)");
  EXPECT_EQ(LoadError(Binary().Section(kTypes, {1, 0x60}).Section(kCustom, {0})),
            "unexpected end of section or function (at offset 0xc in the type section)");
  EXPECT_THAT(LoadError(Binary().Raw({kTypes})), StartsWith("unexpected end"));
}

TEST(LoadModule, IntegersAreStrict) {
  EXPECT_THAT(LoadError(Binary().Raw({kTypes, 0x80, 0x80, 0x80, 0x80, 0x80, 0})),
              StartsWith("integer representation too long"));
  EXPECT_THAT(LoadError(Binary().Raw({kTypes, 0x80, 0x80, 0x80, 0x80, 0x10})),
              StartsWith("integer too large"));
  EXPECT_EQ(LoadError(Binary().Section(kTypes, {0x80, 0x80, 0x80, 0x80, 0x00})), "");
}

TEST(LoadModule, SectionsAreListed) {
  const LoadResult module = Load(Binary().Section(kCustom, Name("x")).Section(kTypes, {0}));
  ASSERT_TRUE(module.ok()) << module.status();
  ASSERT_EQ((*module)->sections.size(), 2u);
  EXPECT_EQ((*module)->sections[0].id, 0);
  EXPECT_EQ((*module)->sections[1].id, 1);
  EXPECT_EQ((*module)->sections[1].bytes.offset, 14u);
  EXPECT_EQ((*module)->sections[1].bytes.size, 1u);
}

TEST(LoadModule, CustomSectionsAreKeptByName) {
  const LoadResult module = Load(Binary()
                                     .Section(kCustom, Name("one") + Bytes{1, 2, 3})
                                     .Section(kTypes, {0})
                                     .Section(kCustom, Name("one")));
  ASSERT_TRUE(module.ok()) << module.status();
  const auto& sections = (*module)->custom_sections;
  ASSERT_EQ(sections.size(), 2u);
  EXPECT_EQ(sections[0].name, "one");
  EXPECT_THAT((*module)->BytesOf(sections[0].bytes), ::testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(sections[1].bytes.size, 0u);
}

TEST(LoadModule, CustomSectionNeedsAName) {
  EXPECT_THAT(LoadError(Binary().Section(kCustom, {})), StartsWith("unexpected end"));
  EXPECT_THAT(LoadError(Binary().Section(kCustom, {5, 'a'})), StartsWith("unexpected end"));
  EXPECT_EQ(LoadError(Binary().Section(kCustom, {1, 0xff})),
            "malformed UTF-8 encoding (at offset 0xa in a custom section)");
}

TEST(LoadModule, BytesAreNotCopied) {
  const Bytes bytes = Binary().Section(kCustom, Name("here")).bytes();
  runtime::TypeRegistry registry;
  const LoadResult module = engine::LoadModule(engine::BorrowBytes(bytes), registry, {});
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ((*module)->bytes.data(), bytes.data());
  EXPECT_EQ((*module)->custom_sections[0].name.data(),
            reinterpret_cast<const char*>(bytes.data()) + 11);
}

TEST(LoadModule, LimitsNameThemselves) {
  engine::LoadOptions options;
  options.limits.types = 0;
  EXPECT_TRUE(absl::IsResourceExhausted(Load(WithTypes(), options).status()));
  options = {};
  options.limits.module_bytes = 7;
  EXPECT_EQ(LoadError(Binary(), options), "module too large: 8 bytes, the limit is 7");
  options = {};
  options.limits.functions = 1;
  EXPECT_THAT(LoadError(WithTypes().Section(kFunctions, {2, 0, 0}), options),
              StartsWith("too many functions: 2, the limit is 1"));
  options = {};
  options.limits.types = 1;
  EXPECT_THAT(LoadError(WithTypes(), options), StartsWith("too many types: 2, the limit is 1"));
  options = {};
  options.limits.params = 0;
  EXPECT_THAT(LoadError(WithTypes(), options), HasSubstr("parameters of a function type"));
  options = {};
  options.limits.memories = 1;
  EXPECT_THAT(LoadError(Binary().Section(kMemories, {2, 0, 0, 0, 0}), options),
              StartsWith("too many memories: 2, the limit is 1"));
  options = {};
  options.limits.name_bytes = 3;
  EXPECT_THAT(
      LoadError(Binary().Section(kImports, Leb(1) + Name("long") + Name("") + Bytes{2, 0, 0}),
                options),
      StartsWith("name too long: 4 bytes, the limit is 3"));
  options = {};
  options.limits.function_bytes = 1;
  EXPECT_THAT(LoadError(WithFunction().Section(kCode, EmptyBodies(1)), options),
              StartsWith("function body too large: 2 bytes in function 0, the limit is 1"));
}

TEST(LoadModule, LazyValidationLeavesBodies) {
  const auto bad_body = [] { return WithFunction().Section(kCode, {1, 3, 0, 0x1a, 0x0b}); };
  EXPECT_THAT(LoadError(bad_body()), HasSubstr("type mismatch"));
  engine::LoadOptions options;
  options.lazy_validation = true;
  EXPECT_EQ(LoadError(bad_body(), options), "");
}

}  // namespace
}  // namespace wasmtier::test

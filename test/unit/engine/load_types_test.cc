// The type section.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/unit/engine/load_binary.h"

namespace wasmtier::test {
namespace {

using runtime::Feature;
using runtime::HeapKind;
using runtime::TypeDefinition;
using runtime::ValueType;
using ::testing::ElementsAre;
using ::testing::StartsWith;

Binary Types(const Bytes& section) { return Binary().Section(kTypes, section); }

TEST(LoadTypes, FunctionTypes) {
  const LoadResult module = Load(Types({2, 0x60, 5, 0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0,  //
                                        0x60, 0, 2, 0x70, 0x6f}));
  ASSERT_TRUE(module.ok()) << module.status();
  const auto& types = (*module)->types;
  ASSERT_EQ(types.size(), 2u);
  EXPECT_THAT(types[0].func.params, ElementsAre(runtime::kI32, runtime::kI64, runtime::kF32,
                                                runtime::kF64, runtime::kV128));
  EXPECT_THAT(types[1].func.results, ElementsAre(runtime::kFuncRef, runtime::kExternRef));
  EXPECT_TRUE((*module)->features.Has(Feature::kSimd));
  EXPECT_TRUE((*module)->features.Has(Feature::kMultiValue));
  EXPECT_TRUE((*module)->features.Has(Feature::kReferenceTypes));
  EXPECT_FALSE((*module)->features.Has(Feature::kGc));
}

TEST(LoadTypes, GcTypes) {
  const LoadResult module =
      Load(Types({2,                                                  //
                  0x4e, 2,                                            // rec
                  0x50, 0,    0x5f, 2,    0x78, 1,    0x63, 1,    0,  // struct
                  0x5e, 0x64, 0,    1,                                // array
                  0x4f, 1,    0,    0x5f, 3,    0x78, 1,    0x64, 1, 0, 0x6e, 0}));
  ASSERT_TRUE(module.ok()) << module.status();
  const auto& types = (*module)->types;
  ASSERT_EQ(types.size(), 3u);
  EXPECT_TRUE((*module)->features.Has(Feature::kGc));
  EXPECT_EQ(types[0].kind, TypeDefinition::Kind::kStruct);
  EXPECT_FALSE(types[0].is_final);
  EXPECT_EQ(types[0].group_size, 2u);
  EXPECT_EQ(types[0].fields[1].type, ValueType::Ref(HeapKind::kIndex, true, 1));
  EXPECT_EQ(types[1].kind, TypeDefinition::Kind::kArray);
  EXPECT_EQ(types[1].group_start, 0u);
  EXPECT_TRUE(types[1].fields[0].is_mutable);
  EXPECT_EQ(types[2].supertype, 0u);
  EXPECT_EQ(types[2].group_start, 2u);
}

TEST(LoadTypes, IndicesBeyondTheRecursionGroupAreUnknown) {
  EXPECT_EQ(LoadError(Types({2, 0x60, 1, 0x63, 1, 0, 0x60, 0, 0})),
            "unknown type 1 (at offset 0xe in the type section)");
  EXPECT_EQ(LoadError(Types({1, 0x60, 1, 0x63, 0, 0})), "");
  EXPECT_THAT(LoadError(Types({1, 0x50, 1, 0, 0x60, 0, 0})), StartsWith("unknown type 0"));
}

TEST(LoadTypes, MalformedTypes) {
  EXPECT_EQ(LoadError(Types({1, 0x40, 0, 0})),
            "malformed type definition (at offset 0xb in the type section)");
  EXPECT_THAT(LoadError(Types({1, 0x60, 1, 0x79, 0})), StartsWith("malformed value type 0x79"));
  EXPECT_THAT(LoadError(Types({1, 0x60, 1, 0x78, 0})), StartsWith("malformed value type"));
  EXPECT_THAT(LoadError(Types({1, 0x5e, 0x7f, 2})), StartsWith("malformed mutability"));
  EXPECT_THAT(LoadError(Types({1, 0x60, 1, 0x63, 0x7f, 0})), StartsWith("malformed heap type"));
  // Descriptors and exact types are proposals.
  EXPECT_THAT(LoadError(Types({1, 0x4d, 0, 0x5f, 0})), StartsWith("malformed type definition"));
  EXPECT_THAT(LoadError(Types({1, 0x60, 1, 0x63, 0x62, 0, 0})), StartsWith("malformed heap type"));
}

TEST(LoadTypes, SubtypesMustMatch) {
  constexpr uint8_t kOpen = 0x50;
  constexpr uint8_t kFinal = 0x4f;
  // A field more, and a field of a subtype.
  EXPECT_EQ(LoadError(Types({2, kOpen, 0, 0x5f, 1, 0x6d, 0,  //
                             kOpen, 1, 0, 0x5f, 2, 0x6c, 0, 0x7f, 1})),
            "");
  EXPECT_THAT(LoadError(Types({2, kFinal, 0, 0x5f, 0, kOpen, 1, 0, 0x5f, 0})),
              StartsWith("sub type: type 1 does not match its supertype 0"));
  EXPECT_THAT(LoadError(Types({2, kOpen, 0, 0x5f, 0, kOpen, 1, 0, 0x60, 0, 0})),
              StartsWith("sub type"));
  EXPECT_THAT(LoadError(Types({2, kOpen, 0, 0x5f, 1, 0x6d, 1, kOpen, 1, 0, 0x5f, 1, 0x6c, 1})),
              StartsWith("sub type"));
  // Parameters the other way round than results.
  EXPECT_EQ(LoadError(Types({2, kOpen, 0, 0x60, 1, 0x6c, 1, 0x6d,  //
                             kOpen, 1, 0, 0x60, 1, 0x6d, 1, 0x6c})),
            "");
  EXPECT_THAT(LoadError(Types({2, kOpen, 0, 0x60, 1, 0x6d, 0, kOpen, 1, 0, 0x60, 1, 0x6c, 0})),
              StartsWith("sub type"));
}

TEST(LoadTypes, SubtypingDepthIsLimited) {
  Bytes section = Leb(65) + Bytes{0x50, 0, 0x5f, 0};
  for (uint8_t i = 1; i < 65; ++i) {
    section = section + Bytes{0x50, 1, static_cast<uint8_t>(i - 1), 0x5f, 0};
  }
  EXPECT_THAT(LoadError(Types(section)),
              StartsWith("subtyping too deep: type 64, the limit is 63"));
}

TEST(LoadTypes, EqualTypesHaveOneCanonicalId) {
  const LoadResult module = Load(Types({3, 0x60, 1, 0x7f, 0, 0x60, 0, 1, 0x7f, 0x60, 1, 0x7f, 0}));
  ASSERT_TRUE(module.ok()) << module.status();
  const auto& ids = (*module)->canonical_types;
  EXPECT_EQ(ids[0], ids[2]);
  EXPECT_NE(ids[0], ids[1]);
}

}  // namespace
}  // namespace wasmtier::test

// The import, function, table, memory, tag, global, export and start sections.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/unit/engine/load_binary.h"

namespace wasmtier::test {
namespace {

using runtime::ExternKind;
using runtime::Feature;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Bytes Import(std::string_view module, std::string_view name, const Bytes& descriptor) {
  return Name(module) + Name(name) + descriptor;
}

Binary WithImports(const Bytes& section) { return WithTypes().Section(kImports, section); }
std::string ImportError(const Bytes& descriptor) {
  return LoadError(WithImports(Leb(1) + Import("m", "n", descriptor)));
}

TEST(LoadImports, AllKinds) {
  const LoadResult module =
      Load(WithImports(Leb(6) + Import("a", "f", {0, 1}) + Import("a", "t", {1, 0x70, 1, 2, 3}) +
                       Import("b", "m", {2, 0, 1}) + Import("b", "g", {3, 0x7e, 1}) +
                       Import("c", "e", {4, 0, 0}) + Import("c", "f", {0, 0})));
  ASSERT_TRUE(module.ok()) << module.status();
  const runtime::Module& m = **module;
  ASSERT_EQ(m.imports.size(), 6u);
  EXPECT_EQ(m.imports[3].module, "b");
  EXPECT_EQ(m.imports[3].name, "g");
  EXPECT_EQ(m.imports[5].kind, ExternKind::kFunc);
  EXPECT_EQ(m.imports[5].index, 1u);
  EXPECT_EQ(m.imported_functions, 2u);
  EXPECT_EQ(m.imported_tables, 1u);
  EXPECT_EQ(m.imported_memories, 1u);
  EXPECT_EQ(m.imported_globals, 1u);
  EXPECT_EQ(m.imported_tags, 1u);
  EXPECT_EQ(m.tables[0].type.limits.maximum, 3u);
  EXPECT_TRUE(m.globals[0].type.is_mutable);
  EXPECT_TRUE(m.features.Has(Feature::kMutableGlobals));
  EXPECT_TRUE(m.features.Has(Feature::kExceptions));
}

TEST(LoadImports, Errors) {
  EXPECT_THAT(ImportError({5, 0}), StartsWith("malformed import kind"));
  EXPECT_THAT(ImportError({0, 2}), StartsWith("unknown type 2"));
  EXPECT_THAT(ImportError({4, 1, 0}), StartsWith("malformed tag attribute"));
  EXPECT_THAT(ImportError({4, 0, 1}), StartsWith("non-empty tag result type"));
  EXPECT_THAT(ImportError({3, 0x7f, 2}), StartsWith("malformed mutability"));
  EXPECT_THAT(ImportError({1, 0x7f, 0, 0}), StartsWith("malformed reference type"));
  EXPECT_THAT(LoadError(WithImports(Leb(1) + Bytes{1, 0xc0, 0, 2, 0, 0})),
              StartsWith("malformed UTF-8 encoding"));
}

TEST(LoadFunctions, TypesMustExist) {
  EXPECT_EQ(LoadError(WithTypes().Section(kFunctions, {1, 2})),
            "unknown type 2 (at offset 0x16 in the function section)");
  EXPECT_THAT(LoadError(Binary().Section(kTypes, {1, 0x5f, 0}).Section(kFunctions, {1, 0})),
              HasSubstr("not a function type"));
}

TEST(LoadFunctions, CodeSectionMustHaveAsMany) {
  const std::string phrase = "function and code section have inconsistent lengths";
  EXPECT_EQ(LoadError(WithFunction()), phrase + ": 1 and 0");
  EXPECT_THAT(LoadError(WithFunction().Section(kCode, EmptyBodies(2))), StartsWith(phrase));
  EXPECT_THAT(LoadError(WithTypes().Section(kCode, EmptyBodies(1))), StartsWith(phrase));
  EXPECT_EQ(LoadError(WithFunction().Section(kCode, EmptyBodies(1))), "");
  EXPECT_EQ(LoadError(WithTypes().Section(kFunctions, {0})), "");
}

TEST(LoadFunctions, BodiesAreRanges) {
  const LoadResult module = Load(WithImports(Leb(1) + Import("a", "f", {0, 1}))
                                     .Section(kFunctions, {2, 0, 0})
                                     .Section(kCode, {2, 2, 0, 0x0b, 3, 0, 0x01, 0x0b}));
  ASSERT_TRUE(module.ok()) << module.status();
  const runtime::Module& m = **module;
  EXPECT_EQ(m.function_count(), 3u);
  EXPECT_TRUE(m.IsImported(0));
  EXPECT_EQ(m.body(1).size, 2u);
  EXPECT_THAT(m.BytesOf(m.body(2)), ::testing::ElementsAre(0, 1, 0x0b));
}

std::string TableError(const Bytes& table) {
  return LoadError(WithTypes().Section(kTables, Leb(1) + table));
}

TEST(LoadTables, LimitsAndInitializers) {
  EXPECT_EQ(TableError({0x70, 0, 0}), "");
  EXPECT_EQ(TableError({0x6f, 1, 1, 1}), "");
  EXPECT_EQ(TableError({0x70, 0, 0xff, 0xff, 0xff, 0xff, 0x0f}), "");
  EXPECT_EQ(TableError({0x70, 4, 0x80, 0x80, 0x80, 0x80, 0x10}), "");
  EXPECT_EQ(TableError({0x40, 0, 0x70, 0, 0, 0xd0, 0x70, 0x0b}), "");
  EXPECT_THAT(TableError({0x70, 0, 0x80, 0x80, 0x80, 0x80, 0x10}),
              StartsWith("table size must be at most 2^32-1"));
  EXPECT_THAT(TableError({0x70, 1, 2, 1}),
              StartsWith("size minimum must not be greater than maximum"));
  EXPECT_THAT(TableError({0x70, 2, 0}), StartsWith("malformed limits flags"));
  EXPECT_THAT(TableError({0x70, 8, 0}), StartsWith("malformed limits flags"));
  EXPECT_THAT(TableError({0x64, 0x70, 0, 0}), StartsWith("type mismatch"));
  EXPECT_THAT(TableError({0x40, 1, 0x70, 0, 0, 0xd0, 0x70, 0x0b}), StartsWith("malformed table"));
  EXPECT_THAT(TableError({0x40, 0, 0x70, 0, 0, 0x41, 0, 0x0b}), StartsWith("type mismatch"));
}

std::string MemoryError(const Bytes& memory) {
  return LoadError(Binary().Section(kMemories, Leb(1) + memory));
}

TEST(LoadMemories, Limits) {
  EXPECT_EQ(MemoryError({0, 0}), "");
  EXPECT_EQ(MemoryError({1, 0, 0x80, 0x80, 4}), "");
  EXPECT_EQ(MemoryError({3, 1, 2}), "");
  EXPECT_EQ(MemoryError({4, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40}), "");
  EXPECT_THAT(MemoryError({0, 0x81, 0x80, 4}),
              StartsWith("memory size must be at most 65536 pages (4GiB)"));
  EXPECT_THAT(MemoryError({1, 0, 0x81, 0x80, 4}),
              StartsWith("memory size must be at most 65536 pages (4GiB)"));
  EXPECT_THAT(MemoryError({4, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40}),
              StartsWith("memory size must be at most 281474976710656 pages"));
  EXPECT_THAT(MemoryError({1, 2, 1}), StartsWith("size minimum must not be greater than maximum"));
  EXPECT_THAT(MemoryError({2, 1}), StartsWith("shared memory must have maximum"));
  // Custom page sizes are a proposal.
  EXPECT_THAT(MemoryError({8, 0, 0}), StartsWith("malformed limits flags"));
}

TEST(LoadMemories, Features) {
  const LoadResult module = Load(Binary().Section(kMemories, {2, 7, 1, 2, 0, 1}));
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_TRUE((*module)->memories[0].is_shared);
  EXPECT_TRUE((*module)->memories[0].limits.is_64);
  for (Feature feature : {Feature::kThreads, Feature::kMemory64, Feature::kMultiMemory}) {
    EXPECT_TRUE((*module)->features.Has(feature)) << ToString(feature);
  }
}

std::string GlobalsError(const Bytes& section) {
  return LoadError(WithFunction().Section(kGlobals, section).Section(kCode, EmptyBodies(1)));
}

TEST(LoadGlobals, Initializers) {
  EXPECT_EQ(GlobalsError({1, 0x7f, 0, 0x41, 7, 0x0b}), "");
  EXPECT_EQ(GlobalsError({2, 0x7f, 0, 0x41, 7, 0x0b, 0x7f, 1, 0x23, 0, 0x0b}), "");
  EXPECT_EQ(GlobalsError({1, 0x70, 0, 0xd2, 0, 0x0b}), "");
  EXPECT_THAT(GlobalsError({1, 0x7f, 0, 0x42, 7, 0x0b}), StartsWith("type mismatch"));
  EXPECT_THAT(GlobalsError({1, 0x7f, 0, 0x23, 0, 0x0b}), StartsWith("unknown global"));
  EXPECT_THAT(GlobalsError({1, 0x70, 0, 0xd2, 1, 0x0b}), StartsWith("unknown function"));
  EXPECT_THAT(GlobalsError({1, 0x7f, 0, 0x41, 7, 0x45, 0x0b}),
              StartsWith("constant expression required"));
  EXPECT_THAT(GlobalsError({1, 0x7f, 2, 0x41, 7, 0x0b}), StartsWith("malformed mutability"));
  EXPECT_THAT(GlobalsError({1, 0x7f, 0, 0x41, 0x80}), StartsWith("unexpected end"));
}

TEST(LoadGlobals, FunctionsInInitializersAreDeclared) {
  const LoadResult module = Load(WithTypes()
                                     .Section(kFunctions, {2, 0, 0})
                                     .Section(kGlobals, {1, 0x70, 0, 0xd2, 1, 0x0b})
                                     .Section(kCode, EmptyBodies(2)));
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_FALSE((*module)->declared_functions[0]);
  EXPECT_TRUE((*module)->declared_functions[1]);
}

std::string ExportsError(const Bytes& section) {
  return LoadError(WithFunction()
                       .Section(kMemories, {1, 0, 0})
                       .Section(kExports, section)
                       .Section(kCode, EmptyBodies(1)));
}

TEST(LoadExports, IndicesAndNames) {
  EXPECT_EQ(ExportsError(Leb(2) + Name("f") + Bytes{0, 0} + Name("m") + Bytes{2, 0}), "");
  EXPECT_EQ(ExportsError(Leb(2) + Name("f") + Bytes{0, 0} + Name("f") + Bytes{2, 0}),
            "duplicate export name \"f\" (at offset 0x24 in the export section)");
  EXPECT_THAT(ExportsError(Leb(1) + Name("f") + Bytes{0, 1}), StartsWith("unknown function 1"));
  EXPECT_THAT(ExportsError(Leb(1) + Name("f") + Bytes{1, 0}), StartsWith("unknown table 0"));
  EXPECT_THAT(ExportsError(Leb(1) + Name("f") + Bytes{2, 1}), StartsWith("unknown memory 1"));
  EXPECT_THAT(ExportsError(Leb(1) + Name("f") + Bytes{3, 0}), StartsWith("unknown global 0"));
  EXPECT_THAT(ExportsError(Leb(1) + Name("f") + Bytes{4, 0}), StartsWith("unknown tag 0"));
  EXPECT_THAT(ExportsError(Leb(1) + Name("f") + Bytes{5, 0}), StartsWith("malformed export kind"));
}

TEST(LoadStart, FunctionMustExistAndTakeNothing) {
  const auto error = [](uint8_t function) {
    return LoadError(WithTypes()
                         .Section(kFunctions, {2, 0, 1})
                         .Section(kStart, {function})
                         .Section(kCode, {2, 2, 0, 0x0b, 4, 0, 0x20, 0, 0x0b}));
  };
  EXPECT_EQ(error(0), "");
  EXPECT_THAT(error(1), StartsWith("start function"));
  EXPECT_THAT(error(2), StartsWith("unknown function 2"));
}

}  // namespace
}  // namespace wasmtier::test

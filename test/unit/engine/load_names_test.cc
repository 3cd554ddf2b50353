// Names of functions: from the name section, else from exports and imports.
#include <gtest/gtest.h>

#include "test/unit/engine/load_binary.h"

namespace wasmtier::test {
namespace {

// Function 0 is imported as i.f, 1 is exported as "e" and "second", 2 is neither.
Binary WithFunctions() {
  return WithTypes()
      .Section(kImports, Leb(1) + Name("i") + Name("f") + Bytes{0, 0})
      .Section(kFunctions, {2, 0, 0})
      .Section(kExports, Leb(2) + Name("e") + Bytes{0, 1} + Name("second") + Bytes{0, 1})
      .Section(kCode, EmptyBodies(2));
}

Bytes NameSection(const Bytes& subsections) { return Name("name") + subsections; }
Bytes Subsection(uint8_t id, const Bytes& contents) {
  return Bytes{id} + Leb(contents.size()) + contents;
}

std::shared_ptr<runtime::Module> LoadWithNames(const Bytes& subsections) {
  const LoadResult module = Load(WithFunctions().Section(kCustom, NameSection(subsections)));
  EXPECT_TRUE(module.ok()) << module.status();
  return module.ok() ? *module : nullptr;
}

TEST(Names, ComeFromImportsAndExports) {
  const LoadResult module = Load(WithFunctions());
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ((*module)->FunctionName(0), "f");
  EXPECT_EQ((*module)->FunctionName(1), "e");
  EXPECT_EQ((*module)->FunctionName(2), "");
  EXPECT_EQ((*module)->DescribeFunction(1), "function 1 <e>");
  EXPECT_EQ((*module)->DescribeFunction(2), "function 2");
  EXPECT_EQ((*module)->ModuleName(), "");
}

TEST(Names, ComeFromTheNameSectionFirst) {
  const auto module =
      LoadWithNames(Subsection(0, Name("program")) +
                    Subsection(1, Leb(2) + Leb(1) + Name("main") + Leb(2) + Name("helper")));
  EXPECT_EQ(module->ModuleName(), "program");
  EXPECT_EQ(module->FunctionName(0), "f");
  EXPECT_EQ(module->FunctionName(1), "main");
  EXPECT_EQ(module->FunctionName(2), "helper");
}

TEST(Names, BadSectionsAreIgnored) {
  const Bytes bad[] = {
      {1},
      {1, 5, 1},
      Subsection(1, Leb(1) + Leb(2) + Bytes{9, 'x'}),
      Subsection(1, Leb(1) + Leb(2) + Bytes{1, 0xff}),
      Subsection(1, Leb(1) + Leb(3) + Name("beyond")),
      Subsection(1, Leb(2) + Leb(2) + Name("x") + Leb(1) + Name("order")),
      Subsection(1, {0xff, 0xff, 0xff, 0xff, 0x0f}),
  };
  for (const Bytes& subsections : bad) {
    const auto module = LoadWithNames(subsections);
    EXPECT_EQ(module->FunctionName(1), "e");
    EXPECT_EQ(module->FunctionName(2), "");
  }
}

}  // namespace
}  // namespace wasmtier::test

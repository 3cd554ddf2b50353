#include "tiers/optimizing/position_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "test/unit/optimizing/ir_text.h"

namespace wasmtier::optimizing {
namespace {

// f3 calls f7, which was inlined at module offset 30 and itself holds f9 at offset 45.
constexpr char kInlined[] = R"(
  declare void @callee(ptr, i32)
  define i32 @f3(ptr %context, i32 %i) nounwind "frame-pointer"="all" section ".text" !dbg !4 {
    %a = add i32 %i, 1, !dbg !20
    notail call void @callee(ptr %context, i32 1), !dbg !20
    notail call void @callee(ptr %context, i32 2), !dbg !21
    notail call void @callee(ptr %context, i32 3), !dbg !22
    notail call void @callee(ptr %context, i32 4), !dbg !25
    ret i32 %a, !dbg !25
  }
  !llvm.dbg.cu = !{!0}
  !llvm.module.flags = !{!2, !3}
  !0 = distinct !DICompileUnit(language: DW_LANG_C, file: !1, emissionKind: LineTablesOnly)
  !1 = !DIFile(filename: "wasm", directory: "")
  !2 = !{i32 2, !"Dwarf Version", i32 4}
  !3 = !{i32 2, !"Debug Info Version", i32 3}
  !4 = distinct !DISubprogram(name: "f3", file: !1, line: 10, type: !6, unit: !0,
                              scopeLine: 10, spFlags: DISPFlagDefinition)
  !6 = !DISubroutineType(types: !7)
  !7 = !{null}
  !8 = distinct !DISubprogram(name: "f7", file: !1, line: 50, type: !6, unit: !0,
                              scopeLine: 50, spFlags: DISPFlagDefinition)
  !9 = distinct !DISubprogram(name: "f9", file: !1, line: 80, type: !6, unit: !0,
                              scopeLine: 80, spFlags: DISPFlagDefinition)
  !20 = !DILocation(line: 20, scope: !4)
  !21 = !DILocation(line: 60, scope: !8, inlinedAt: !23)
  !22 = !DILocation(line: 90, column: 1, scope: !9, inlinedAt: !24)
  !23 = distinct !DILocation(line: 30, column: 1, scope: !4)
  !24 = distinct !DILocation(line: 45, scope: !8, inlinedAt: !23)
  !25 = !DILocation(line: 4000000000, scope: !4)
)";

TEST(PositionTablesTest, ReadsLinesAndInlinedScopes) {
  const auto object = ObjectOf(kInlined);
  ASSERT_TRUE(object.ok()) << object.status();
  const auto tables = ReadPositionTables(*object);
  ASSERT_TRUE(tables.ok()) << tables.status();
  std::vector<uint32_t> lines;
  for (const auto& entry : tables->positions) lines.push_back(entry.module_offset);
  EXPECT_THAT(lines, testing::ElementsAre(10, 20, 60, 90, 4000000000u));
  ASSERT_EQ(tables->scopes.size(), 3u);
  const runtime::CodeScope& outer = tables->scopes[0];
  const runtime::CodeScope& middle = tables->scopes[1];
  const runtime::CodeScope& inner = tables->scopes[2];
  EXPECT_EQ(outer.function, 3u);
  EXPECT_EQ(outer.call_offset, runtime::CodeScope::kNotInlined);
  EXPECT_EQ(outer.begin, 0u);
  EXPECT_EQ(middle.function, 7u);
  EXPECT_EQ(middle.call_offset, 30u);
  EXPECT_EQ(inner.function, 9u);
  EXPECT_EQ(inner.call_offset, 45u);
  EXPECT_LE(middle.begin, inner.begin);
  EXPECT_GE(middle.end, inner.end);
  EXPECT_THAT(tables->tail_calls, testing::ElementsAre(30, 90));
}

TEST(PositionTablesTest, KnowsWhereFramesAreSetUp) {
  const auto object = ObjectOf(kInlined);
  ASSERT_TRUE(object.ok()) << object.status();
  const auto tables = ReadPositionTables(*object);
  ASSERT_TRUE(tables.ok()) << tables.status();
  // push rbp; mov rbp, rsp; ...; pop rbp; ret
  ASSERT_EQ(tables->frameless.size(), 3u);
  EXPECT_EQ(tables->frameless[0].begin, 0u);
  EXPECT_EQ(tables->frameless[0].end, 1u);
  EXPECT_EQ(tables->frameless[0].return_address, 0u);
  EXPECT_EQ(tables->frameless[1].end, 4u);
  EXPECT_EQ(tables->frameless[1].return_address, 8u);
  EXPECT_EQ(tables->frameless[2].return_address, 0u);
  EXPECT_GT(tables->frameless[2].begin, 4u);
  EXPECT_GE(tables->prologue_size, 4u);
}

// The compiler sets up no frame on the path that needs none.
TEST(PositionTablesTest, PathsWithoutAFrame) {
  const auto object = ObjectOf(R"(
    declare i32 @callee(i32)
    define i32 @f0(ptr %p, i32 %i) nounwind "frame-pointer"="all" section ".text" {
      %v = load i32, ptr %p
      %z = icmp eq i32 %v, 0
      br i1 %z, label %out, label %more
    more:
      %a = notail call i32 @callee(i32 %i)
      %b = notail call i32 @callee(i32 %a)
      %c = add i32 %a, %b
      ret i32 %c
    out:
      ret i32 0
    })");
  ASSERT_TRUE(object.ok()) << object.status();
  const auto tables = ReadPositionTables(*object);
  ASSERT_TRUE(tables.ok()) << tables.status();
  ASSERT_FALSE(tables->frameless.empty());
  // The load comes first, before any frame.
  EXPECT_EQ(tables->frameless[0].begin, 0u);
  EXPECT_GT(tables->frameless[0].end, 1u);
  EXPECT_EQ(tables->frameless[0].return_address, 0u);
}

TEST(PositionTablesTest, ObjectsWithoutDebugInformationHaveNoPositions) {
  const auto object = ObjectOf("define i32 @f0() nounwind section \".text\" { ret i32 3 }");
  ASSERT_TRUE(object.ok()) << object.status();
  const auto tables = ReadPositionTables(*object);
  ASSERT_TRUE(tables.ok()) << tables.status();
  EXPECT_TRUE(tables->positions.empty());
  EXPECT_TRUE(tables->scopes.empty());
  EXPECT_FALSE(ReadPositionTables("no object").ok());
}

}  // namespace
}  // namespace wasmtier::optimizing

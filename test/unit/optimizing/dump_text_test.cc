#include "tiers/optimizing/dump_text.h"

#include <gtest/gtest.h>

namespace wasmtier::optimizing {
namespace {

TEST(DumpTextTest, AssemblyIsCodeAndWhatItReads) {
  EXPECT_EQ(ReadableAssembly("\t.file\t\"wasm\"\n"
                             "\t.section\t.rodata.cst8,\"aM\",@progbits,8\n"
                             "\t.p2align\t3, 0x0\n"
                             ".LCPI0_0:\n"
                             "\t.quad\t0x3ff0000000000000\n"
                             "\t.text\n"
                             "\t.globl\tf12\n"
                             "f12:\n"
                             ".Lf12$local:\n"
                             ".Lfunc_begin0:\n"
                             "\t.loc\t1 10373 0\n"
                             "\t.cfi_startproc\n"
                             "\tpushq\t%rbp\n"
                             ".Ltmp0:\n"
                             "\t.loc\t1 10375 0 prologue_end\n"
                             "\tmovq\t(%r10), %rax\n"
                             "\t.loc\t1 10375 0\n"
                             "\tcallq\t*%rax\n"
                             "\t.loc\t1 0 0 is_stmt 0\n"
                             "\tnop\n"
                             ".LBB0_1:\n"
                             "\t.loc\t1 10381 0 epilogue_begin\n"
                             "\tretq\n"
                             "\t.section\t.debug_info,\"\",@progbits\n"
                             "\t.byte\t1\n"),
            "\t.p2align\t3, 0x0\n"
            ".LCPI0_0:\n"
            "\t.quad\t0x3ff0000000000000\n"
            "f12:\n"
            "\t# 0x2885\n"
            "\tpushq\t%rbp\n"
            "\t# 0x2887\n"
            "\tmovq\t(%r10), %rax\n"
            "\tcallq\t*%rax\n"
            "\tnop\n"
            ".LBB0_1:\n"
            "\t# 0x288d\n"
            "\tretq\n");
}

TEST(DumpTextTest, IrHasOffsetsInsteadOfDebugMetadata) {
  EXPECT_EQ(ReadableIr("define void @f12(ptr %context) #0 !dbg !3 {\n"
                       "  %a = load i32, ptr %p, align 1, !dbg !6, !alias.scope !7\n"
                       "  %b = add i32 %a, 1, !dbg !8\n"
                       "  ret void\n"
                       "}\n"
                       "\n"
                       "!llvm.module.flags = !{!0}\n"
                       "!llvm.dbg.cu = !{!1}\n"
                       "!0 = !{i32 2, !\"Debug Info Version\", i32 3}\n"
                       "!1 = distinct !DICompileUnit(language: DW_LANG_C99)\n"
                       "!3 = distinct !DISubprogram(name: \"f12\", line: 10373)\n"
                       "!4 = distinct !DISubprogram(name: \"f13\", line: 10390)\n"
                       "!6 = !DILocation(line: 10375, scope: !3)\n"
                       "!7 = !{!0}\n"
                       "!8 = !DILocation(line: 10391, scope: !4, inlinedAt: !9)\n"
                       "!9 = distinct !DILocation(line: 10377, scope: !3)\n"),
            "define void @f12(ptr %context) #0 {  ; 0x2885\n"
            "  %a = load i32, ptr %p, align 1, !alias.scope !7  ; 0x2887\n"
            "  %b = add i32 %a, 1  ; f13 0x2897\n"
            "  ret void\n"
            "}\n"
            "\n"
            "!llvm.module.flags = !{!0}\n"
            "!0 = !{i32 2, !\"Debug Info Version\", i32 3}\n"
            "!7 = !{!0}\n");
}

}  // namespace
}  // namespace wasmtier::optimizing

#!/usr/bin/env python3
"""Shows that golden.py can fail, and that blessing makes it pass."""

import contextlib
import io
import pathlib
import stat
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import golden  # noqa: E402


class StandIn(unittest.TestCase):
    """The engine is a shell script here, which prints its input."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wasm-tier-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.engine("cat $4")
        (self.folder / "one.wat").write_text("mov eax, 1\n")

    def engine(self, body):
        script = self.folder / "engine"
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)

    def faults(self, bless=False):
        self.out = io.StringIO()
        with contextlib.redirect_stdout(self.out):
            return golden.check(self.folder / "engine", self.folder, [], bless, list(golden.WHAT))

    def test_missing_text_fails_until_blessed(self):
        self.assertEqual(self.faults(), 1)
        self.assertEqual(self.faults(bless=True), 0)
        self.assertEqual(self.faults(), 0)

    def test_other_code_fails(self):
        self.faults(bless=True)
        (self.folder / "one.wat").write_text("mov eax, 2\n")
        self.assertEqual(self.faults(), 1)
        self.assertIn("+mov eax, 2", self.out.getvalue())

    def test_stale_text_fails(self):
        self.faults(bless=True)
        (self.folder / "two.asm").write_text("")
        self.assertEqual(self.faults(), 1)

    def test_error_of_the_engine_fails(self):
        self.faults(bless=True)
        self.engine("echo no such function >&2; exit 2")
        self.assertEqual(self.faults(), 1)
        self.assertEqual(self.faults(bless=True), 1)

    def test_other_intermediate_code_fails(self):
        text = """define i32 @f0(ptr noundef %context, i32 %0) #3 !dbg !3 {
start:                                            ; preds = %entry
  %1 = NAME i32 %0, 7, !dbg !6, !alias.scope !7
}
!3 = distinct !DISubprogram(name: "f0", line: 40)
!6 = !DILocation(line: NUMBER, scope: !3)
!7 = !{!8}
!8 = !{!"linear", !9}
"""
        def make(name, number):
            (self.folder / "one.wat").write_text(text.replace("NAME", name).replace("NUMBER", number))
        make("add", "44")
        (self.folder / "one.ir").write_text("")
        self.assertEqual(self.faults(), 2)
        self.assertEqual(self.faults(bless=True), 0)
        self.assertEqual((self.folder / "one.ir").read_text(),
                         "define i32 @f0(ptr %context, i32 %0) {\nstart:\n" +
                         "  %1 = add i32 %0, 7".ljust(76) + " ; +4, linear\n}\n")
        (self.folder / "one.asm").write_text(text)
        for name, number in (("sub", "44"), ("add", "45")):
            make(name, number)
            self.faults()
            self.assertIn("one.ir:", self.out.getvalue())

    def test_no_function_at_all_fails(self):
        (self.folder / "one.wat").unlink()
        self.assertEqual(self.faults(), 1)


if __name__ == "__main__":
    unittest.main()

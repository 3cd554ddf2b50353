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
            return golden.check(self.folder / "engine", self.folder, [], bless)

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

    def test_no_function_at_all_fails(self):
        (self.folder / "one.wat").unlink()
        self.assertEqual(self.faults(), 1)


if __name__ == "__main__":
    unittest.main()

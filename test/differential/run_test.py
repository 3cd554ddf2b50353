#!/usr/bin/env python3
"""Shows that run.py can fail: stand-in runners differ, crash and hang, each must be found."""

import contextlib
import io
import pathlib
import stat
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import run  # noqa: E402

# Says of each case on the list, or of each seed, what `behave` prints or does.
STAND_IN = """#!/usr/bin/env python3
import os, signal, sys
arguments = sys.argv[1:]
progress = arguments[arguments.index("--progress") + 1] if "--progress" in arguments else os.devnull
if arguments[0] == "--write":
    print("written")
    sys.exit(0)
if arguments[0] == "--list":
    cases = open(arguments[1]).read().split()
else:
    cases = [f"seed {int(arguments[1]) + i}" for i in range(int(arguments[2]))]
different = 0
for case in cases:
    open(progress, "w").write(case + "\\nbaseline\\ncall of f\\n")
    BEHAVE
print(f"{len(cases)} cases, {different} different")
sys.exit(1 if different else 0)
"""


class StandIn(unittest.TestCase):
    def run_with(self, behave, *arguments):
        with tempfile.TemporaryDirectory(prefix="wasm-tier-") as name:
            folder = pathlib.Path(name)
            runner = folder / "runner"
            runner.write_text(STAND_IN.replace("BEHAVE", behave))
            runner.chmod(runner.stat().st_mode | stat.S_IXUSR)
            opt = folder / "wasm-opt"  # wasm-opt INPUT ... -o OUTPUT
            opt.write_text('#!/bin/sh\nfor last; do :; done\nprintf "\\0asm\\1\\0\\0\\0" > "$last"\n')
            opt.chmod(opt.stat().st_mode | stat.S_IXUSR)
            out = io.StringIO()
            failure = None
            with contextlib.redirect_stdout(out):
                try:
                    run.main(["--runner", str(runner), "--keep", str(folder / "keep"), "--wasm-opt",
                              str(opt), *arguments])
                except SystemExit as exit_:
                    failure = exit_.code
            kept = sorted(path.name for path in (folder / "keep").glob("*"))
            return failure, out.getvalue(), kept

    def test_equal(self):
        failure, out, kept = self.run_with("pass", "--ttf", "3", "--own", "3")
        self.assertIsNone(failure)
        self.assertEqual(out, "3 cases, 0 different\n3 cases, 0 different\n")
        self.assertEqual(kept, [])

    def test_difference(self):
        failure, out, kept = self.run_with(
            "if 'ttf-1.wasm' in case: print('DIFFERENT', case); different += 1",
            "--ttf", "3", "--own", "0")
        self.assertIn("differ", failure)
        self.assertIn("DIFFERENT", out)
        self.assertIn("keep/ttf-1.wasm", out)
        self.assertEqual(kept, ["ttf-1.wasm"])

    def test_crash_and_what_comes_after_it(self):
        failure, out, kept = self.run_with(
            "if '1' in case[-6:]: os.kill(os.getpid(), signal.SIGSEGV)\n"
            "    if '2' in case[-6:]: print('DIFFERENT', case); different += 1",
            "--ttf", "3", "--own", "3")
        self.assertIn("differ", failure)
        self.assertEqual(out.count("CRASHES with SIGSEGV"), 2)
        self.assertEqual(out.count("DIFFERENT"), 2)
        self.assertIn("mode baseline, call of f", out)
        self.assertEqual(kept, ["ttf-1.wasm", "ttf-2.wasm"])

    def test_hang(self):
        failure, out, _ = self.run_with("os.kill(os.getpid(), signal.SIGALRM)", "--ttf", "0",
                                        "--own", "1")
        self.assertIn("differ", failure)
        self.assertIn("HANGS: seed 0 (written)", out)

    def test_slow_modules_of_wasm_opt_are_left_out(self):
        failure, out, _ = self.run_with("os.kill(os.getpid(), signal.SIGALRM)", "--ttf", "1",
                                        "--own", "0")
        self.assertIn("differ", failure)
        self.assertIn("HANGS", out)
        slow = ("open(progress, 'w').write(case + '\\ninterpreter\\ncall of f\\n')\n"
                "    os.kill(os.getpid(), signal.SIGALRM)")
        failure, out, _ = self.run_with(slow, "--ttf", "1", "--own", "0")
        self.assertIsNone(failure)
        self.assertIn("left out, too slow in the interpreter", out)
        failure, out, _ = self.run_with(slow, "--ttf", "0", "--own", "1")
        self.assertIn("HANGS: seed 0", out)

    def test_globals_are_exported(self):
        header = b"\0asm\1\0\0\0"
        module = header + bytes([6, 6, 1, 0x7F, 1, 0x41, 0, 0x0B, 7, 1, 0])
        exported = run.export_globals(module)
        self.assertEqual(exported[len(header) + 8:],
                         bytes([7, 15, 1, 11]) + b"wasm-tier.0" + bytes([3, 0]))


if __name__ == "__main__":
    unittest.main()

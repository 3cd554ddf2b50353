#!/usr/bin/env python3
"""Black-box tests of `wasm-tier profile`: what it lets through, its formats, and its page in a browser.

Usage: profile_test.py COMMAND TOP [unittest options]
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

COMMAND = ""

# Prints "begin", works for a while (three parts in $heavy, one in $light), prints "end", exits with 7.
PROGRAM = """(module $program
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\20\\00\\00\\00\\06\\00\\00\\00\\28\\00\\00\\00\\04\\00\\00\\00")
  (data (i32.const 32) "begin\\n\\00\\00end\\n")
  (func $heavy (param $n i32) (result i32) (local $s i32)
    (loop $l
      (local.set $s (i32.xor (i32.rotl (local.get $s) (i32.const 5)) (i32.mul (local.get $n) (i32.const 17))))
      (i32.store (i32.const 64) (local.get $s))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  (func $light (param $n i32) (result i32) (local $s i32)
    (loop $l
      (local.set $s (i32.xor (i32.rotl (local.get $s) (i32.const 5)) (i32.mul (local.get $n) (i32.const 17))))
      (i32.store (i32.const 64) (local.get $s))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  (func $work (param $turns i32)
    (loop $l
      (drop (call $heavy (i32.const 30000)))
      (drop (call $light (i32.const 10000)))
      (br_if $l (local.tee $turns (i32.sub (local.get $turns) (i32.const 1))))))
  (func $main (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)))
    (call $work (i32.const 8000))
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 100)))
    (call $proc_exit (i32.const 7)))
  (func $recurse (export "recurse") (result i32) (i32.add (i32.const 1) (call $recurse)))
  (func (export "five") (result i32) (i32.const 5)))"""


class Profile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = pathlib.Path(cls.folder.name)
        (cls.path / "program.wat").write_text(PROGRAM)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def profile(self, *options, code=7, out="begin\nend\n", err="^"):
        done = subprocess.run([COMMAND, "profile", *map(str, options)], capture_output=True, text=True)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, out)
        self.assertRegex(done.stderr, err)
        return done.stderr

    def program(self):
        return str(self.path / "program.wat")

    def check_share(self, heavy, light, whole):
        self.assertGreater((heavy + light) / whole, 0.6)
        self.assertGreater(heavy / (heavy + light), 0.55)
        self.assertLess(heavy / (heavy + light), 0.93)

    def test_table_on_stderr(self):
        table = self.profile("--tier", "baseline", self.program(), err="of CPU time in 1 thread, ")
        self.assertRegex(table, r"\n +[0-9.]+ % +[0-9.]+ ms +[0-9.]+ % +[0-9.]+ ms  heavy: baseline\n")
        self.assertLess(table.index("heavy:"), table.index("light:"))

    def test_folded(self):
        path = self.path / "out.folded"
        self.profile("-o", path, "--no-compile-threads", self.program())
        times = {}
        for line in path.read_text().splitlines():
            stack, time = line.rsplit(" ", 1)
            times[stack.rsplit(";", 1)[-1].split(" [")[0]] = times.get(stack.rsplit(";", 1)[-1].split(" [")[0], 0) + int(time)
        self.check_share(times["heavy"], times["light"], sum(times.values()))

    def test_speedscope(self):
        path = self.path / "out.speedscope.json"
        self.profile("-o", path, "--tier", "interpreter", "--frequency", "500", self.program())
        file = json.loads(path.read_text())
        self.assertEqual(file["$schema"], "https://www.speedscope.app/file-format-schema.json")
        names = [frame["name"] for frame in file["shared"]["frames"]]
        main = file["profiles"][0]
        self.assertEqual(main["endValue"], sum(main["weights"]))
        times = dict.fromkeys(names, 0)
        for stack, weight in zip(main["samples"], main["weights"], strict=True):
            times[names[stack[-1]]] += weight
            if names[stack[-1]] == "heavy [interpreter]":
                self.assertEqual([names[frame] for frame in stack[:-1]], ["main [interpreter]", "work [interpreter]"])
        self.check_share(times["heavy [interpreter]"], times["light [interpreter]"], main["endValue"])

    def test_firefox(self):
        path = self.path / "out.json"
        self.profile("-o", path, self.program())
        file = json.loads(path.read_text())
        main = next(thread for thread in file["threads"] if thread["isMainThread"])
        self.assertEqual(main["name"], "wasm-tier")
        times = {}
        for stack, delta in zip(main["samples"]["stack"], main["samples"]["threadCPUDelta"], strict=True):
            function = main["frameTable"]["func"][main["stackTable"]["frame"][stack]]
            name = main["stringArray"][main["funcTable"]["name"][function]]
            times[name] = times.get(name, 0) + delta
        self.assertEqual(main["samples"]["time"], sorted(main["samples"]["time"]))
        self.check_share(times["heavy"], times["light"], sum(times.values()))

    def test_format_wins_over_the_ending(self):
        path = self.path / "out.json"
        self.profile("-o", path, "--format", "text", "--invoke", "five", self.program(), code=0, out="5\n")
        self.assertIn("of CPU time in", path.read_text())

    def test_traps_have_profiles_too(self):
        path = self.path / "trap.folded"
        for tier in ("interpreter", "baseline", "auto"):
            self.profile("-o", path, "--tier", tier, "--invoke", "recurse", self.program(), code=134, out="",
                         err="trap: call stack exhausted")
            self.assertTrue(path.exists())

    def test_wrong_usage(self):
        self.profile(code=2, out="", err="profile: no FILE; see wasm-tier profile --help")
        self.profile("-o", self.path / "x.svg", self.program(), code=2, out="",
                     err=r"profile: -o: the ending of \S*x.svg names no format; give one with --format: text")
        self.profile("--format", "pdf", self.program(), code=2, out="", err="--format: unknown format pdf: text")
        for frequency in ("0", "10001", "x"):
            self.profile("--frequency", frequency, self.program(), code=2, out="", err="--frequency: ")
        self.profile("-o", "/nowhere/x.html", self.program(), code=1, out="", err="cannot write /nowhere/x.html")
        self.profile("-o", self.path / "no.html", "nothing.wasm", code=3, out="", err="nothing.wasm")

    def test_an_old_profile_is_replaced(self):
        path = self.path / "old.txt"
        path.write_text("x" * 1_000_000)
        self.profile("-o", path, "--invoke", "five", self.program(), code=0, out="5\n")
        self.assertNotIn("x" * 100, path.read_text())

    def test_page_in_a_browser(self):
        browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        if browser is None:
            self.skipTest("chromium is not installed")
        path = self.path / "out.html"
        self.profile("-o", path, self.program())
        with tempfile.TemporaryDirectory() as user:
            done = subprocess.run(
                [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--enable-logging=stderr", "--log-level=0", f"--user-data-dir={user}", "--window-size=1000,800",
                 "--virtual-time-budget=2000", "--dump-dom", path.as_uri()],
                capture_output=True, text=True, timeout=240, env={**os.environ, "HOME": user})
        self.assertEqual([line for line in done.stderr.splitlines() if "CONSOLE" in line], [])
        page = done.stdout
        # In the graph and in the table.
        self.assertRegex(page, r'<div class="frame[^>]*>heavy</div>')
        self.assertRegex(page, r'<div class="frame[^>]*title="heavy \[\w+\]')
        self.assertRegex(page, r"<td[^>]*>heavy[ <]")
        self.assertRegex(page, r"[0-9]+ samples")
        self.assertNotIn("@PROFILE@", page)


if __name__ == "__main__":
    COMMAND = sys.argv[1]
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])

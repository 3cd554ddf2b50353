#!/usr/bin/env python3
"""Black-box tests of the command: every option, exit code and error. (Of `bench`: bench_test.py.)

Usage: command_test.py COMMAND TOP [unittest options]
       command_test.py COMMAND TOP --update    writes docs/cli.md from the command's --help
"""

import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import unittest

COMMAND = ""
TOP = pathlib.Path()
SANITIZED = "CLI_TEST_SANITIZED" in os.environ
COMMANDS = ("run", "bench", "profile", "validate", "inspect")

# Prints its arguments (one a line) and its environment, then exits with the number of arguments.
ECHO = """(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func $write (param $address i32) (param $bytes i32)
    (i32.store (i32.const 16) (local.get $address))
    (i32.store (i32.const 20) (local.get $bytes))
    (drop (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24))))
  (func (export "_start")
    (drop (call $args_sizes_get (i32.const 0) (i32.const 4)))
    (drop (call $args_get (i32.const 1024) (i32.const 2048)))
    (call $write (i32.const 2048) (i32.load (i32.const 4)))
    (drop (call $environ_sizes_get (i32.const 8) (i32.const 4)))
    (drop (call $environ_get (i32.const 1024) (i32.const 2048)))
    (call $write (i32.const 2048) (i32.load (i32.const 4)))
    (call $proc_exit (i32.load (i32.const 0)))))"""

# Copies stdin to stdout.
CAT = """(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (loop $next
      (i32.store (i32.const 0) (i32.const 64))
      (i32.store (i32.const 4) (i32.const 4096))
      (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (if (i32.load (i32.const 8)) (then
        (i32.store (i32.const 4) (i32.load (i32.const 8)))
        (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br $next))))))"""

# Opens "f" in the first preopened directory, for writing if its parameter is not 0; returns the error number.
OPEN = """(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "f")
  (func (export "open") (param $write i32) (result i32)
    (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0)
      (if (result i64) (local.get $write) (then (i64.const 64)) (else (i64.const 2)))
      (i64.const 0) (i32.const 0) (i32.const 16)))
  (func (export "name") (param $bytes i32)
    (drop (call $name (i32.const 3) (i32.const 64) (local.get $bytes)))
    (i32.store (i32.const 16) (i32.const 64))
    (i32.store (i32.const 20) (local.get $bytes))
    (drop (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24)))))"""

CALCULATOR = """(module $calculator
  (memory (export "memory") 1 100)
  (func (export "add") (param i32 i64) (result i64)
    (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)))
  (func (export "floats") (param f32 f64) (result f32 f64) (local.get 0) (local.get 1))
  (func (export "reference") (param externref) (result externref) (local.get 0))
  (func $divide (export "divide") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1)))
  (func $outer (export "outer") (drop (call $divide (i32.const 1) (i32.const 0))))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func $deep (export "deep") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
      (else (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))))
  (func $spin (export "spin") (local i32)
    (loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 5000))))))"""


class CommandTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = pathlib.Path(cls.folder.name)
        for name, text in {"echo.wat": ECHO, "cat.wat": CAT, "open.wat": OPEN,
                           "calculator.wat": CALCULATOR}.items():
            (cls.path / name).write_text(text)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def file(self, name, text=None, data=None):
        path = self.path / name
        if text is not None:
            path.write_text(text)
        if data is not None:
            path.write_bytes(data)
        return str(path)

    def run_command(self, *args, stdin=b"", env=None, preexec_fn=None):
        result = subprocess.run([COMMAND, *args], input=stdin, capture_output=True, env=env,
                                preexec_fn=preexec_fn, timeout=120, check=False)
        result.out = result.stdout.decode(errors="replace")
        result.err = result.stderr.decode(errors="replace")
        return result

    def expect(self, exit_code, *args, out=None, err=None, **options):
        """Runs the command; `out` is all of stdout, `err` a part of stderr ("" for an empty one)."""
        result = self.run_command(*args, **options)
        self.assertEqual(result.returncode, exit_code, result.out + result.err)
        if out is not None:
            self.assertEqual(result.out, out)
        if err == "":
            self.assertEqual(result.err, "")
        elif err is not None:
            self.assertIn(err, result.err)
        return result


class Top(CommandTest):
    def test_version_is_that_of_the_project(self):
        version = re.search(r"project\(wasm-tier VERSION (\S+)", (TOP / "CMakeLists.txt").read_text())
        result = self.expect(0, "--version", err="")
        self.assertEqual(result.out.splitlines()[0], f"wasm-tier {version[1]}")
        self.assertRegex(result.out.splitlines()[1], "^(optimizing tier: /.*|tiers: interpreter, baseline)$")

    def test_help_lists_the_commands(self):
        for option in ("--help", "-h"):
            result = self.expect(0, option, err="")
            for command in COMMANDS:
                self.assertIn(f"\n  {command} ", result.out)

    def test_every_command_has_help(self):
        for command in COMMANDS:
            for option in ("--help", "-h"):
                result = self.expect(0, command, option, err="")
                self.assertIn(f"Usage: wasm-tier {command} ", result.out)
                self.assertIn("Exit codes: ", result.out)
                for line in result.out.splitlines():
                    self.assertLessEqual(len(line), 100)

    def test_wrong_usage(self):
        self.expect(2, out="", err="no command; see wasm-tier --help")
        self.expect(2, "walk", out="", err="unknown command walk; see wasm-tier --help")

    def test_output_that_cannot_be_written(self):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([COMMAND, "--help"], stdout=full, stderr=subprocess.PIPE,
                                    check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"the output cannot be written", result.stderr)

    def test_docs_are_those_of_help(self):
        self.assertEqual((TOP / "docs/cli.md").read_text(), document(),
                         "run test/unit/cli/command_test.py COMMAND TOP --update")


class Run(CommandTest):
    def test_arguments_after_file_are_the_guests(self):
        echo = str(self.path / "echo.wat")
        self.expect(1, "run", echo, out=f"{echo}\0", err="")
        self.expect(5, "run", echo, "--help", "--dir=/", "--", "-x",
                    out=f"{echo}\0--help\0--dir=/\0--\0-x\0", err="")

    def test_double_dash_ends_options(self):
        echo = str(self.path / "echo.wat")
        self.expect(2, "run", "--", echo, "a", out=f"{echo}\0a\0", err="")

    def test_environment(self):
        echo = str(self.path / "echo.wat")
        env = {**os.environ, "CLI_TEST": "inherited"}
        self.expect(1, "run", echo, out=f"{echo}\0", env=env)
        self.expect(1, "run", "--env", "A=1", "--env", "B=x=y", "--env", "C=", "--env", "CLI_TEST",
                    "--env", "CLI_TEST_UNSET", echo,
                    out=f"{echo}\0A=1\0B=x=y\0C=\0CLI_TEST=inherited\0", env=env)
        self.expect(2, "run", "--env", "=1", echo, out="",
                    err='run: --env: expected NAME=VALUE, found "=1"')

    def test_stdin_and_stdout_are_passed_through(self):
        data = bytes(range(256)) * 100
        result = self.expect(0, "run", str(self.path / "cat.wat"), stdin=data, err="")
        self.assertEqual(result.stdout, data)

    def test_exit_code_is_the_guests(self):
        text = """(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const %d))))"""
        for code in (0, 1, 42, 255):
            self.expect(code, "run", self.file("exit.wat", text % code), out="", err="")

    def test_invoke_prints_results(self):
        calculator = str(self.path / "calculator.wat")

        def invoke(name, *args):
            return self.expect(0, "run", "--invoke", name, calculator, *args, err="").out

        self.assertEqual(invoke("add", "-1", "0x10"), "15\n")
        self.assertEqual(invoke("add", "4294967295", "18446744073709551615"), "-2\n")
        self.assertEqual(invoke("floats", "1.5", "-0.1"), "1.5\n-0.1\n")
        self.assertEqual(invoke("floats", "nan", "-inf"), "nan\n-inf\n")
        self.assertEqual(invoke("reference", "null"), "null\n")

    def test_invoke_checks_arguments(self):
        calculator = str(self.path / "calculator.wat")
        self.expect(2, "run", "--invoke", "add", calculator, "1", out="",
                    err="run: --invoke add: the function has type (i32, i64) -> i64: "
                        "it takes 2 arguments, found 1")
        for wrong in ("x", "", "4294967296", "-2147483649", "1.5", "0x"):
            self.expect(2, "run", "--invoke", "add", calculator, wrong, "0", out="",
                        err=f"argument 1: not of type i32: {wrong}")
        self.expect(4, "run", "--invoke", "sub", calculator, err='no export "sub"')
        self.expect(4, "run", "--invoke", "memory", calculator,
                    err='export "memory" is a memory, not a function')

    def test_invoke_initializes_reactors(self):
        reactor = self.file("reactor.wat", """(module (global $ready (mut i32) (i32.const 0))
            (func (export "_initialize") (global.set $ready (i32.const 1)))
            (func (export "ready") (result i32) (global.get $ready)))""")
        self.expect(0, "run", "--invoke", "ready", reactor, out="1\n", err="")

    def test_without_start(self):
        self.expect(4, "run", str(self.path / "calculator.wat"), out="",
                    err='calculator.wat: no export "_start"; to call another one, use --invoke')

    def test_trap_has_a_backtrace(self):
        result = self.expect(134, "run", "--invoke", "outer", str(self.path / "calculator.wat"), out="")
        self.assertRegex(result.err, r"^wasm-tier: \S*calculator.wat: trap: integer divide by zero\n"
                                     r"  0: function 3 <divide> at 0x[0-9a-f]+ in calculator\n"
                                     r"  1: function 4 <outer> at 0x[0-9a-f]+ in calculator\n$")

    def test_trap_at_instantiation(self):
        self.expect(134, "run", self.file("start.wat", "(module (func $f unreachable) (start $f))"),
                    err="trap: unreachable")

    def test_memory_out_of_bounds(self):
        calculator = str(self.path / "calculator.wat")
        for options in ((), ("--explicit-checks",), ("--low-memory",)):
            self.expect(134, "run", *options, "--invoke", "load", calculator, "65533",
                        err="trap: out of bounds memory access")
            self.expect(0, "run", *options, "--invoke", "load", calculator, "65532", out="0\n")

    @unittest.skipIf(SANITIZED, "sanitizers need the address space")
    def test_works_without_address_space(self):
        limit = 1 << 30
        self.expect(134, "run", "--invoke", "load", str(self.path / "calculator.wat"), "-1",
                    err="trap: out of bounds memory access",
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        for tier in ("auto", "baseline", "stress"):
            self.expect(0, "run", "--tier", tier, "--invoke", "deep", str(self.path / "calculator.wat"),
                        "100", out="100\n",
                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))

    def test_stack_size(self):
        calculator = str(self.path / "calculator.wat")
        self.expect(0, "run", "--invoke", "deep", calculator, "65536", out="65536\n")
        self.expect(134, "run", "--stack-size", "64K", "--invoke", "deep", calculator, "65536",
                    err="trap: call stack exhausted")
        self.expect(0, "run", "--stack-size=1G", "--invoke", "deep", calculator, "1000000",
                    out="1000000\n")
        self.expect(2, "run", "--stack-size", "1K", calculator, err="stack_bytes is 1024")
        self.expect(2, "run", "--stack-size", "big", calculator,
                    err="run: --stack-size: not a number of bytes (65536, 64K, 8M, 1G): big")

    def test_max_memory(self):
        calculator = str(self.path / "calculator.wat")
        self.expect(0, "run", "--invoke", "grow", calculator, "1", out="1\n")
        self.expect(0, "run", "--max-memory", "64K", "--invoke", "grow", calculator, "1", out="-1\n")
        self.expect(4, "run", "--max-memory", "1", "--invoke", "grow", calculator, "1",
                    err="exceeds the limit of 1 bytes")
        self.expect(2, "run", "--max-memory", "99999999999G", calculator, err="--max-memory: not a number")

    def test_tier(self):
        calculator = str(self.path / "calculator.wat")
        for tier in ("interpreter", "baseline", "auto", "stress"):
            self.expect(0, "run", "--tier", tier, "--invoke", "add", calculator, "1", "2", out="3\n")
            self.expect(0, "run", "--tier", tier, "--invoke", "spin", calculator, out="")
            self.expect(0, "run", "--tier", tier, "--invoke", "deep", calculator, "100", out="100\n")
        if "\noptimizing tier: " in self.expect(0, "--version").out:
            self.expect(0, "run", "--tier", "optimizing", "--invoke", "add", calculator, "1", "2", out="3\n")
            self.expect(0, "run", "--compile-threads", "0", "--hot-optimized", "1", "--hot", "1", "--invoke", "spin",
                        calculator, out="")
        else:
            self.expect(2, "run", "--tier", "optimizing", calculator, err="the optimizing tier is")
        self.expect(2, "run", "--tier", "fast", calculator, err="--tier: unknown tier fast")

    def test_tier_filter(self):
        calculator = str(self.path / "calculator.wat")

        def compiled(*options):
            return self.expect(0, "run", "--time", "--tier", "baseline", *options, "--invoke", "deep",
                               calculator, "3", out="3\n").err

        self.assertIn("code: baseline, 1 functions, ", compiled())
        self.assertIn("code: baseline, 1 functions, ", compiled("--tier-filter", "1-3,de*"))
        self.assertNotIn("code: baseline", compiled("--tier-filter", "!deep"))
        self.assertNotIn("code: baseline", compiled("--tier-filter=0-6"))
        self.expect(2, "run", "--tier-filter", "4-x", calculator,
                    err='run: --tier-filter: "4-x": not a function index or a range of them; '
                        "expected a list such as 12,40-60,main,parse_*,!13")

    def test_stress_seed(self):
        calculator = str(self.path / "calculator.wat")
        for seed in ("0", "1", "18446744073709551615"):
            self.expect(0, "run", "--tier", "stress", "--stress-seed", seed, "--invoke", "deep",
                        calculator, "200", out="200\n")
        self.expect(2, "run", "--stress-seed", "x", calculator, err="--stress-seed: not a number: x")

    def test_perf(self):
        calculator = str(self.path / "calculator.wat")
        process = subprocess.Popen([COMMAND, "run", "--perf", "map", "--tier", "baseline", "--invoke",
                                    "deep", calculator, "3"], stdout=subprocess.PIPE)
        self.assertEqual(process.communicate(timeout=60)[0], b"3\n")
        perf_map = pathlib.Path(f"/tmp/perf-{process.pid}.map")
        lines = perf_map.read_text().splitlines()
        perf_map.unlink()
        for line in lines:
            self.assertRegex(line, r"^[0-9a-f]+ [0-9a-f]+ \S")
        self.assertEqual(sum(line.endswith(" calculator!deep [baseline]") for line in lines), 1)
        self.expect(2, "run", "--perf", "all", calculator, err="--perf: expected map or jitdump, found all")

    def test_perf_jitdump(self):
        with tempfile.TemporaryDirectory() as folder:
            process = subprocess.Popen([os.path.abspath(COMMAND), "run", "--perf", "jitdump", "--tier", "baseline",
                                        "--invoke", "deep", str(self.path / "calculator.wat"), "3"],
                                       stdout=subprocess.PIPE, cwd=folder)
            self.assertEqual(process.communicate(timeout=60)[0], b"3\n")
            dump = (pathlib.Path(folder) / f"jit-{process.pid}.dump").read_bytes()
        self.assertEqual(dump[:4], b"DTiJ")
        self.assertEqual(dump.count(b"calculator!deep [baseline]\0"), 1)

    def test_profile_file(self):
        calculator = str(self.path / "calculator.wat")
        profile = self.path / "calculator.profile"
        options = ("--hot", "1", "--invoke", "spin", calculator)
        self.expect(0, "run", "--profile-out", str(profile), *options, err="")
        functions = json.loads(profile.read_text())["modules"][0]["functions"]
        self.assertEqual([function["name"] for function in functions], ["spin"])
        self.assertEqual(len(functions[0]["loops"]), 1)
        text = profile.read_text()
        # Adds to it, in the same file.
        self.expect(0, "run", "--profile-in", str(profile), "--profile-out", str(profile), *options, err="")
        self.assertNotEqual(profile.read_text(), text)

        profile.write_text(text)
        self.expect(3, "run", "--profile-in", str(profile), str(self.path / "cat.wat"),
                    err=f"{profile} is not a profile of this module, or of another version of it")
        profile.write_text(text[:-100])
        self.expect(2, "run", "--profile-in", str(profile), calculator,
                    err=f"{profile}: not a profile, or only a part of one: no JSON from byte ")
        profile.write_text(text.replace('"version":1', '"version":99'))
        self.expect(2, "run", "--profile-in", str(profile), calculator,
                    err=f"{profile}: a profile of version 99; only version 1 can be used")
        self.expect(2, "run", "--profile-in", "/nowhere/x", calculator, err="cannot read the profile /nowhere/x")
        self.expect(1, "run", "--profile-out", "/nowhere/x", *options, err="cannot write the profile /nowhere/x")
        self.expect(2, "run", "--tier", "baseline", "--profile-out", str(profile), calculator,
                    err="profile_out needs the tier auto, not baseline")

    def test_trace_tiers(self):
        calculator = str(self.path / "calculator.wat")
        trace = self.path / "trace.json"

        def spans(*options):
            self.expect(0, "run", "--trace-tiers", str(trace), *options, calculator, err="")
            events = json.loads(trace.read_text())
            self.assertEqual({event["pid"] for event in events}, {events[0]["pid"]})
            return {(event["cat"], event["name"], event["args"].get("loop"), event["args"].get("pipeline"))
                    for event in events if event["ph"] in "Xi"}

        found = spans("--tier", "auto", "--invoke", "spin")
        self.assertIn(("interpreter", "spin", None, None), found)
        self.assertIn(("baseline", "spin", None, None), found)
        self.assertIn(("interpreter", "enter loop of spin", 0, None), found)
        self.assertNotIn("interpreter", {tier for tier, *_ in spans("--tier", "baseline", "--invoke", "spin")})
        if "\noptimizing tier: " in self.expect(0, "--version").out:
            self.assertIn(("optimizing", "spin", None, "full"),
                          spans("--tier", "optimizing", "--invoke", "spin"))
        self.expect(0, "run", "--trace-tiers", str(trace), "--invoke", "grow", calculator, "2", out="1\n")
        grown = [event for event in json.loads(trace.read_text()) if event["name"] == "grow memory 0"]
        self.assertEqual([event["args"] for event in grown], [{
            "module": "calculator", "pages": 1, "added": 2, "function": 5, "name": "grow"}])
        self.expect(2, "run", "--trace-tiers", "/nowhere/x", calculator, err="cannot write the trace /nowhere/x")

    def test_time(self):
        result = self.expect(0, "run", "--time", "--tier", "interpreter", "--hot", "10", "--invoke",
                             "spin", str(self.path / "calculator.wat"), out="")
        self.assertRegex(result.err, r"time: load [0-9.]+ ms, instantiate [0-9.]+ ms, run [0-9.]+ ms, "
                                     r"total [0-9.]+ ms\n"
                                     r"code: interpreter, 1 functions, \d+ bytes from \d+ of wasm, "
                                     r"made in [0-9.]+ ms; 1 hot\n"
                                     r"memory: \d+ kB resident at most\n")
        result = self.expect(0, "run", "--time", "--invoke", "spin", str(self.path / "calculator.wat"))
        self.assertRegex(result.err, r"; 1 hot\ncode: baseline, 1 functions, \d+ bytes from \d+ of wasm, "
                                     r"made in [0-9.]+ ms; 0 refused\nmemory: ")

    def test_hot(self):
        calculator = str(self.path / "calculator.wat")
        self.expect(2, "run", "--hot", "0", calculator, err="hotness_threshold is 0")
        self.expect(2, "run", "--hot", "x", calculator, err="--hot: not a number: x")

    def test_lazy_validation(self):
        bad = self.file("bad.wat", """(module (func $bad (export "bad") (result i32) (f32.const 0))
            (func (export "good") (result i32) (i32.const 1)))""")
        self.expect(3, "run", "--invoke", "good", bad, err="type mismatch")
        self.expect(0, "run", "--lazy-validation", "--invoke", "good", bad, out="1\n")
        self.expect(134, "run", "--lazy-validation", "--invoke", "bad", bad, err="type mismatch")

    def test_limit(self):
        calculator = str(self.path / "calculator.wat")
        self.expect(3, "run", "--limit", "functions=3", calculator, err="functions")
        self.expect(2, "run", "--limit", "functions", calculator,
                    err="--limit: expected NAME=NUMBER, found functions")
        self.expect(2, "run", "--limit", "wishes=3", calculator, err="no module limit is called wishes")

    def test_threads(self):
        self.expect(2, "run", "--threads", "-1", str(self.path / "calculator.wat"),
                    err="--threads: not a number: -1")
        self.expect(2, "validate", "--threads", "65", str(self.path / "calculator.wat"),
                    err="validation_threads is 65")

    def test_directories(self):
        program = str(self.path / "open.wat")
        folder = self.path / "folder"
        folder.mkdir()
        (folder / "f").write_text("")
        self.expect(0, "run", "--invoke", "open", program, "0", out="8\n")  # EBADF: no directory
        self.expect(0, "run", "--dir", f"{folder}::/data", "--invoke", "open", program, "1", out="0\n")
        self.expect(0, "run", "--dir", f"{folder}::/data", "--invoke", "name", program, "5", out="/data")
        self.expect(0, "run", "--dir", str(folder), "--invoke", "name", program,
                    str(len(str(folder))), out=str(folder))
        self.expect(0, "run", "--dir-read-only", f"{folder}::/data", "--invoke", "open", program, "0",
                    out="0\n")
        result = self.expect(0, "run", "--dir-read-only", f"{folder}::/data", "--invoke", "open",
                             program, "1")
        self.assertNotEqual(result.out, "0\n")
        self.expect(2, "run", "--dir", f"{folder}/nothing::/data", program, err="nothing")
        self.expect(2, "run", "--dir", "::/data", program, err="--dir: expected HOST::GUEST")
        self.expect(2, "run", "--dir-read-only", "/tmp::", program,
                    err="--dir-read-only: expected HOST::GUEST")

    def test_unknown_imports_are_listed(self):
        program = self.file("imports.wat", """(module
            (import "env" "foo" (func (param i32) (result i32)))
            (import "other" "memory" (memory 1)))""")
        self.expect(4, "run", program, out="",
                    err="imports.wat: unknown import: function env.foo (i32) -> i32\n"
                        "unknown import: memory other.memory 1.. pages\n")

    def test_incompatible_imports(self):
        program = self.file("types.wat", """(module
            (import "wasi_snapshot_preview1" "proc_exit" (func (param i64))))""")
        self.expect(4, "run", program,
                    err="incompatible import type: wasi_snapshot_preview1.proc_exit: expected function")

    def test_vectors_as_arguments_and_results(self):
        program = self.file("vector.wat", """(module (func (export "add") (param v128 v128)
            (result v128) (i32x4.add (local.get 0) (local.get 1))))""")
        self.expect(0, "run", "--invoke", "add", program, "i32x4:1,2,3,-4", "i64x2:1,0x100000000",
                    out="i32x4:0x00000002,0x00000002,0x00000003,0xfffffffd\n")
        self.expect(2, "run", "--invoke", "add", program, "1", "2", err="argument 1: not of type v128")

    def test_relaxed_simd(self):
        # An index of 16: 0 in the deterministic profile, index 0 by pshufb.
        program = self.file("relaxed.wat", """(module (func (export "f") (result i32)
            (i8x16.extract_lane_u 0 (i8x16.relaxed_swizzle (v128.const i32x4 7 0 0 0)
                                                           (i8x16.splat (i32.const 16))))))""")
        self.expect(0, "run", "--invoke", "f", program, out="0\n")
        self.expect(0, "run", "--relaxed-simd", "deterministic", "--invoke", "f", program, out="0\n")
        self.expect(0, "run", "--relaxed-simd", "fast", "--tier", "interpreter", "--invoke", "f", program,
                    out="7\n")
        self.expect(2, "run", "--relaxed-simd", "slow", program, err="--relaxed-simd: expected")

    def test_missing_features(self):
        program = self.file("threads.wat", "(module (func (atomic.fence)))")
        self.expect(4, "run", program, err="threads.wat: needs feature threads")

    def test_files_that_are_not_modules(self):
        self.expect(3, "run", str(self.path / "nothing.wasm"), err="nothing.wasm: No such file")
        self.expect(3, "run", str(self.path / "nothing.wat"), err="nothing.wat: No such file")
        self.expect(3, "run", str(self.path), err=str(self.path))
        self.expect(3, "run", self.file("empty.wasm", ""), err="empty.wasm: ")
        self.expect(3, "run", self.file("text.wasm", "hello"), err="text.wasm: ")
        self.expect(3, "run", self.file("broken.wat", "(module"), err="broken.wat:1:8: error:")

    def test_wrong_usage(self):
        self.expect(2, "run", out="", err="run: no FILE; see wasm-tier run --help")
        self.expect(2, "run", "--bogus", "x.wasm", err="run: unknown option --bogus")
        self.expect(2, "run", "-x", "x.wasm", err="run: unknown option -x")
        self.expect(2, "run", "--invoke", err="--invoke")

    def test_names_cannot_control_the_terminal(self):
        program = self.file("escape.wat", '(module (import "\\1b[31m" "f" (func)))')
        result = self.expect(4, "run", program)
        self.assertNotIn("\x1b", result.err)
        self.assertIn("\\x1b[31m.f", result.err)

    @unittest.skipIf(SANITIZED, "sanitizers take more memory")
    def test_starts_small(self):
        """The budget for a first program is 4 MB resident."""
        binary = self.file("hello.wasm", data=HELLO)
        # How many pages around one that is read the system maps, too, differs from run to run.
        resident = []
        for _ in range(5):
            result = self.expect(0, "run", "--time", binary, out="hello\n")
            resident.append(int(re.search(r"memory: (\d+) kB", result.err)[1]))
        self.assertLess(sorted(resident)[2], 4096)


class Validate(CommandTest):
    def test_says_which_files_are_valid(self):
        calculator, echo = str(self.path / "calculator.wat"), str(self.path / "echo.wat")
        self.expect(0, "validate", calculator, echo, out=f"{calculator}: valid\n{echo}: valid\n", err="")
        self.expect(0, "validate", "--quiet", calculator, out="", err="")
        self.expect(0, "validate", calculator, "-q", out="", err="")

    def test_says_what_is_wrong_and_carries_on(self):
        bad = self.file("bad2.wat", "(module (func $f (result i32) (f32.const 0)))")
        calculator = str(self.path / "calculator.wat")
        result = self.expect(3, "validate", bad, calculator, out=f"{calculator}: valid\n")
        self.assertRegex(result.err, r"bad2.wat: type mismatch.*0x[0-9a-f]+.*function 0 <f>")

    def test_does_not_need_to_run(self):
        self.expect(0, "validate", "-q", self.file("threads2.wat", "(module (func (atomic.fence)))"))

    def test_wrong_usage(self):
        self.expect(2, "validate", err="validate: no FILE")
        self.expect(2, "validate", "--json", "x", err="validate: unknown option --json")


class Inspect(CommandTest):
    def test_text(self):
        out = self.expect(0, "inspect", str(self.path / "calculator.wat"), err="").out
        self.assertIn("bytes, module calculator\n", out)
        self.assertRegex(out, r"sections:\n  type +\d+ bytes at 0x[0-9a-f]+, \d+ entries\n")
        self.assertIn('custom "name"', out)
        self.assertIn('  memory "memory" 1..100 pages\n', out)
        self.assertRegex(out, r"  3 <divide> \(i32, i32\) -> i32, \d+ bytes at 0x")
        self.assertIn("multi-value", out)

    def test_imports_and_missing_features(self):
        out = self.expect(0, "inspect", self.file("inspect.wat", """(module
            (import "env" "f" (func $f (param i32))) (import "env" "g" (global (mut i64)))
            (func (atomic.fence)))""")).out
        self.assertIn("  function env.f (i32) -> ()\n  global env.g mutable i64\n", out)
        self.assertIn("  0 <f> (i32) -> (), imported\n", out)
        self.assertIn("features that cannot run yet: threads\n", out)

    def test_json(self):
        for args in (("--json", str(self.path / "calculator.wat")),
                     (str(self.path / "calculator.wat"), "--json")):
            module = json.loads(self.expect(0, "inspect", *args, err="").out)
            self.assertEqual(list(module), ["file", "bytes", "module", "sections", "imports",
                                            "exports", "functions", "features", "missing_features"])
            self.assertEqual(module["module"], "calculator")
            self.assertEqual(module["missing_features"], [])
            self.assertEqual(module["exports"][0],
                             {"kind": "memory", "name": "memory", "type": "1..100 pages"})
            divide = module["functions"][3]
            self.assertEqual(divide["name"], "divide")
            self.assertFalse(divide["imported"])
            code = next(s for s in module["sections"] if s["name"] == "code")
            self.assertEqual(code["entries"], len(module["functions"]))
            self.assertLess(code["offset"], divide["offset"])

    def inspect_vectorization(self):
        loops = self.file("loops.wat", """(module (memory 1)
          (func $add (param $x i32) (param $n i32) (local $i i32)
            (loop $again
              (i32.store (i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 2)))
                (i32.add (i32.const 3)
                  (i32.load (i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 2))))))
              (br_if $again (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                                      (local.get $n)))))
          (func $find (param $p i32) (result i32)
            (loop $again
              (local.set $p (i32.add (local.get $p) (i32.const 1)))
              (br_if $again (i32.load8_u (local.get $p))))
            (local.get $p))
          (func $none))""")
        out = self.expect(0, "inspect", "--vectorization", "add", loops, err="").out
        self.assertRegex(out, r"^function 0 <add>:\n  loop 0x[0-9a-f]+-0x[0-9a-f]+: vectorized by \d+"
                              r"(, interleaved by \d+)?; versioned behind a guard of its addresses\n$")
        out = self.expect(0, "inspect", "--vectorization", "1", loops, err="").out
        self.assertRegex(out, r"^function 1 <find>:\n  loop 0x[0-9a-f]+-0x[0-9a-f]+: not vectorized: .+; "
                              r"not versioned: the number of iterations is not known\n$")
        self.expect(0, "inspect", "--vectorization", "none", loops, out="function 2 <none>: no loops\n")
        self.assertIn("not versioned: nothing in it accesses a memory with guard pages",
                      self.expect(0, "inspect", "--vectorization", "add", "--explicit-checks", loops).out)
        found = json.loads(self.expect(0, "inspect", "--json", "--vectorization", "add", loops, err="").out)
        loop, = found["loops"]
        self.assertTrue(loop["versioned"])
        self.assertGreater(loop["vector_width"], 1)
        self.assertLess(loop["offset"], loop["end_offset"])
        self.expect(2, "inspect", "--vectorization", "x", loops, out="",
                    err="inspect: --vectorization: no function is called x")

    def test_wrong_usage(self):
        self.expect(2, "inspect", err="inspect: expected one FILE, found 0")
        self.expect(2, "inspect", "a", "b", err="inspect: expected one FILE, found 2")
        self.expect(3, "inspect", self.file("no.wasm", "no"), out="", err="no.wasm: ")

    def test_assembly(self):
        calculator = str(self.path / "calculator.wat")
        out = self.expect(0, "inspect", "--asm", "divide", calculator, err="").out
        self.assertRegex(out, r"^function 3 <divide> \(i32, i32\) -> i32, \d+ bytes at 0x[0-9a-f]+\n")
        self.assertIn("i32.div_s", out)
        self.assertIn("idiv", out)
        self.assertEqual(self.expect(0, "inspect", "--asm", "3", calculator).out, out)
        self.assertNotEqual(self.expect(0, "inspect", "--asm", "load", calculator).out,
                            self.expect(0, "inspect", "--asm", "load", "--explicit-checks", calculator).out)
        if "\noptimizing tier: " in self.expect(0, "--version").out:
            out = self.expect(0, "inspect", "--asm", "divide", "--tier", "optimizing", calculator).out
            self.assertRegex(out, r"\t# 0x[0-9a-f]+\n(?s:.*)\tidiv")
            self.assertNotIn(".cfi", out)
            self.assertNotIn(".section", out)
            out = self.expect(0, "inspect", "--ir", "divide", calculator).out
            self.assertRegex(out, r"sdiv i32 .*; 0x[0-9a-f]+\n")
            self.assertNotIn("!dbg", out)
            self.assertIn("!dbg", self.expect(0, "inspect", "--raw-ir", "divide", calculator).out)
            for option in ("--ir", "--raw-ir"):
                self.expect(2, "inspect", option, "x", calculator, out="",
                            err=f"inspect: {option}: no function is called x")
            self.inspect_vectorization()
        self.expect(2, "inspect", "--asm", "99", calculator, err="inspect: --asm: no function 99: there are 9")
        self.expect(2, "inspect", "--asm", "x", calculator, err="inspect: --asm: no function is called x")
        self.expect(2, "inspect", "--asm", "divide", "--ir", "divide", calculator, out="",
                    err="inspect: one of --asm, --ir, --raw-ir and --vectorization at a time")
        twins = self.file("twins.wat", """(module (import "a" "b" (func $twin))
            (func (export "c") (call $twin)) (func $twin2))""")
        self.expect(2, "inspect", "--asm", "0", twins, err="function 0 <twin> is imported")


# (module (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
#   (memory (export "memory") 1) (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
#   (func (export "_start")
#     (drop (call 0 (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))))
HELLO = bytes.fromhex(
    "0061736d01000000010c0260047f7f7f7f017f60000002230116776173695f736e617073686f745f"
    "70726576696577310866645f77726974650000030201010503010001071302066d656d6f72790200"
    "065f737461727400010a0f010d00410141004101412010001a0b0b14010041000b0e080000000600"
    "000068656c6c6f0a")


def document():
    """docs/cli.md, from the command's own help."""
    text = ["# The command\n\nWhat `--help` says; `test/unit/cli/command_test.py COMMAND TOP --update` "
            "writes this file, and a test compares it.\n"]
    for args in ((), *((command,) for command in COMMANDS)):
        text_help = subprocess.run([COMMAND, *args, "--help"], capture_output=True, text=True,
                                   check=True).stdout
        text.append(f"\n## {' '.join(('wasm-tier',) + args)}\n\n```\n{text_help}```\n")
    return "".join(text)


if __name__ == "__main__":
    COMMAND, TOP = sys.argv[1], pathlib.Path(sys.argv[2])
    if sys.argv[3:] == ["--update"]:
        (TOP / "docs/cli.md").write_text(document())
    else:
        unittest.main(argv=sys.argv[:1] + sys.argv[3:])

#!/usr/bin/env python3
"""Black-box tests of `wasm-tier bench`: figures, comparisons, errors, JSON and HTML.

Usage: bench_test.py COMMAND TOP [unittest options]

The HTML is opened in Chromium where that is installed (./dev test does); without it that test is skipped.
"""

import html
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import command_test
from command_test import CommandTest

# Fills 64 MiB, then prints "done".
LARGE = r"""(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1025)
  (data (i32.const 0) "\08\00\00\00\05\00\00\00done\n")
  (func (export "_start")
    (memory.fill (i32.const 65536) (i32.const 1) (i32.const 67108864))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))))"""

# Counts far enough for every tier, and prints nothing.
SPIN = """(module (memory (export "memory") 1)
  (func $work (param i32) (result i32) (local i32)
    (loop (local.set 1 (i32.add (local.get 1) (local.get 0)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 1))
  (func (export "_start") (local i32)
    (local.set 0 (i32.const 100))
    (loop (drop (call $work (i32.const 1000)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))"""


class BenchTest(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, text in {"large.wat": LARGE, "spin.wat": SPIN}.items():
            (cls.path / name).write_text(text)
        cls.cat = str(cls.path / "cat.wat")
        cls.echo = str(cls.path / "echo.wat")
        cls.spin = str(cls.path / "spin.wat")
        version = subprocess.run([command_test.COMMAND, "--version"], capture_output=True, text=True, check=True)
        cls.tiers = ["interpreter", "baseline", "auto"]
        if "\noptimizing tier: " in version.stdout:
            cls.tiers.insert(2, "optimizing")

    def script(self, name, text):
        """A native twin, or another engine."""
        path = self.file(name, f"#!/bin/sh\n{text}\n")
        os.chmod(path, 0o755)
        return path

    def bench(self, *args, exit_code=0, **options):
        """Returns the result and what --json wrote."""
        report = self.path / "bench.json"
        report.unlink(missing_ok=True)
        result = self.expect(exit_code, "bench", "--quiet", "--json", str(report), *args, **options)
        return result, json.loads(report.read_text()) if report.exists() else None

    def check_spread(self, spread, values):
        self.assertEqual(list(spread), ["median", "min", "max"])
        self.assertEqual((spread["min"], spread["max"]), (min(values), max(values)))
        self.assertAlmostEqual(spread["median"], statistics.median(values))


class Figures(BenchTest):
    def test_all_are_measured_and_follow_from_the_runs(self):
        other = self.script("other", f'exec "{command_test.COMMAND}" run --tier interpreter "$@"')
        result, report = self.bench("--native", "/bin/cat", "--stdin", self.file("input", "one\ntwo\n"),
                                    "--against", f"{other} {{wasm}} {{args}}", "--runs", "3", "--warm-up", "2",
                                    self.cat, err="")
        self.assertEqual((report["format"], report["version"], report["rounds"]), ("wasm-tier bench", 1, 3))
        [figures] = report["files"]
        self.assertEqual((figures["file"], figures["args"], figures["exit_code"], figures["output_bytes"]),
                         (self.cat, [], 0, 8))
        programs = figures["programs"]
        self.assertEqual(list(programs), ["native", *self.tiers, "other"])
        self.assertEqual([own["kind"] for own in programs.values()],
                         ["native", *["tier"] * len(self.tiers), "other"])
        native = programs["native"]["process"]["runs"]
        for name, own in programs.items():
            self.check_process(own["process"], name)
            self.assertEqual(own["process"]["peak_kilobytes"]["min"] > 500, True)
            if name in self.tiers:
                self.check_in_process(own["in_process"], native, name)
            else:
                self.assertNotIn("in_process", own)
        for name, own in programs.items():
            for yardstick in ("native", "other"):
                if name == yardstick:
                    self.assertNotIn(name, own["process"]["ratios"])
                    continue
                for clock in ("wall", "cpu"):
                    self.check_spread(own["process"]["ratios"][yardstick][clock],
                                      [max(a, 1e-6) / max(b, 1e-6)
                                       for a, b in zip(own["process"]["runs"][clock],
                                                       programs[yardstick]["process"]["runs"][clock])])
        self.assertEqual(list(report["start_up"]), [*self.tiers, "other"])
        for name, own in report["start_up"].items():
            self.check_process(own, name, has_output=False)
        rows = [line.split()[0] for line in result.out.splitlines() if line.startswith("  ")]
        self.assertEqual([row for row in rows if row == "auto"], ["auto"] * 4)
        self.assertEqual([row for row in rows if row == "native"], ["native"])

    def check_process(self, own, name, has_output=True):
        for column in ("wall", "cpu", "peak_kilobytes"):
            self.assertEqual(len(own["runs"][column]), 3, name)
            self.check_spread(own[column], own["runs"][column])
        if not has_output:
            self.assertIsNone(own["first_output"])
            self.assertIsNone(own["runs"]["first_output"])
            return
        self.check_spread(own["first_output"], own["runs"]["first_output"])
        for first, wall in zip(own["runs"]["first_output"], own["runs"]["wall"]):
            self.assertGreater(first, 0)
            self.assertLessEqual(first, wall)

    def check_in_process(self, own, native, name):
        for column in ("wall", "cpu", "load", "instantiate"):
            self.assertEqual(len(own["runs"][column]), 3)
            self.check_spread(own[column], own["runs"][column])
        for clock in ("wall", "cpu"):
            self.check_spread(own["ratios"]["native"][clock],
                              [max(a, 1e-6) / max(b, 1e-6)
                               for a, b in zip(own["runs"][clock], native[clock])])
        self.assertEqual(own["first_run"], own["warm_up"]["wall"][0])
        curve = own["curve"]
        self.assertGreaterEqual(len(curve["begins"]), 2)
        self.assertGreater(len(own["warm_up"]["wall"]), len(curve["begins"]))
        self.assertLess(curve["loaded"], curve["begins"][0])
        for begin, end, following in zip(curve["begins"], curve["ends"], [*curve["begins"][1:], float("inf")]):
            self.assertLess(begin, end)
            self.assertLess(end, following)
        self.assertEqual(len(curve["work"]), int(curve["ends"][-1] / curve["window"]))
        # All runs but what falls into the last window, which is not complete.
        end = len(curve["work"]) * curve["window"]
        work = sum(max(0, min(1, (end - b) / (e - b))) for b, e in zip(curve["begins"], curve["ends"]))
        self.assertAlmostEqual(sum(curve["work"]), work, places=5)
        code = own["code"]
        self.assertEqual(code["interpreter"]["functions"] > 0, name in ("interpreter", "auto"))
        if name in ("interpreter", "baseline"):
            self.assertEqual(code["baseline"]["functions"] > 0, name == "baseline")
        made = {"interpreter": "interpreter", "baseline": "baseline", "auto": "interpreter"}.get(name, "optimizing")
        events = [event for event in curve["events"] if event["kind"] == "code" and event["tier"] == made]
        self.assertEqual(len(events), code[made]["functions"])
        self.assertEqual(sum(event["bytes"] for event in events), code[made]["bytes"])
        if own["time_to_peak"] is not None:
            self.assertIn(own["time_to_peak"], curve["begins"])

    def test_machine_and_engine_are_described(self):
        _, report = self.bench("--runs", "1", "--hot", "20", "--explicit-checks", self.spin)
        self.assertEqual(report["machine"]["processors"], len(os.sched_getaffinity(0)))
        self.assertIn(report["machine"]["processor"], pathlib.Path("/proc/cpuinfo").read_text() + "unknown")
        self.assertRegex(report["time"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        engine = report["engine"]
        version = self.expect(0, "--version").out
        self.assertIn(f"wasm-tier {engine['version']}\n", version)
        self.assertEqual(engine["options"], ["--hot=20", "--explicit-checks"])
        if "optimizing" in self.tiers:
            self.assertIn(f"optimizing tier: {engine['optimizer']}\n", version)
            self.assertTrue(engine["llvm"].startswith("libLLVM"))
        else:
            self.assertEqual((engine["optimizer"], engine["llvm"]), (None, None))
        # All that was read can be written again.
        self.assertEqual(json.loads(json.dumps(report)), report)

    @unittest.skipIf(command_test.SANITIZED, "sanitizers take more memory")
    def test_peak_memory_is_the_childs_own(self):
        """The command itself holds the programs' 64 MiB too, and LLVM; children are not to inherit that."""
        twin = self.script("small", "echo done")
        _, report = self.bench("--native", twin, "--tiers", "interpreter,baseline", "--runs", "2",
                               str(self.path / "large.wat"))
        programs = report["files"][0]["programs"]
        for tier in ("interpreter", "baseline"):
            self.assertGreater(programs[tier]["process"]["peak_kilobytes"]["min"], 64 * 1024)
            self.assertLess(report["start_up"][tier]["peak_kilobytes"]["max"], 16 * 1024)
        self.assertLess(programs["native"]["process"]["peak_kilobytes"]["max"], 16 * 1024)

    def test_in_process_only(self):
        _, report = self.bench("--in-process", "--native", "/bin/cat", "--tiers", "baseline", "--runs", "2",
                               "--against", "/nowhere {wasm}", self.cat)
        self.assertEqual(report["start_up"], {})
        programs = report["files"][0]["programs"]
        self.assertEqual({name: sorted(own) for name, own in programs.items()},
                         {"native": ["kind", "process"], "baseline": ["in_process", "kind"]})


class Programs(BenchTest):
    def test_arguments_and_environment_reach_all(self):
        # The program prints its arguments and its whole environment; the twin, too.
        twin = self.script("twin", r'''printf '%s\0' "$WASM" "$@"; printf 'WASM=%s\0A=%s\0' "$WASM" "$A"; exit $(($# + 1))''')
        other = self.script("engine", r'''wasm=$1; shift
            printf '%s\0' "$wasm" "$@"; printf 'WASM=%s\0A=1\0' "$wasm"; exit $(($# + 1))''')
        _, report = self.bench("--native", twin, "--tiers", "baseline", "--runs", "1", "--against",
                               f"{other} {{wasm}} {{args}}", "--env", f"WASM={self.echo}", "--env", "A=1",
                               "--args=-x 'two words' \"\" --", self.echo, err=None)
        figures = report["files"][0]
        self.assertEqual((figures["args"], figures["exit_code"]), (["-x", "two words", "", "--"], 5))
        # The script does not take the empty module: it ends with 1.
        self.assertEqual(list(report["start_up"]), ["baseline"])

    def test_several_files(self):
        folder = self.path / "twins"
        folder.mkdir()
        for name in ("spin", "cat"):
            (folder / name).symlink_to("/bin/true")
        result, report = self.bench("--native", f"{folder}/{{name}}", "--tiers", "interpreter,baseline", "--runs", "1",
                                    "--args", "a", "--args", "b c", self.spin, self.cat, err="")
        self.assertEqual([(figures["file"], figures["args"]) for figures in report["files"]],
                         [(self.spin, ["a"]), (self.cat, ["b", "c"])])
        self.assertEqual(report["failed"], [])
        self.assertIn("geometric mean of the ratios' medians, of 2 files", result.out)
        ratios = [figures["programs"]["baseline"]["in_process"]["ratios"]["native"]["cpu"]["median"]
                  for figures in report["files"]]
        [row] = [line for line in result.out.splitlines() if line.startswith("  baseline / native")]
        self.assertAlmostEqual(float(row.split()[-1]), statistics.geometric_mean(ratios), delta=0.006)

    def test_files_that_fail_do_not_cost_the_others(self):
        folder = self.path / "others"
        folder.mkdir()
        (folder / "spin").symlink_to("/bin/true")
        (folder / "cat").symlink_to("/bin/false")
        result, report = self.bench("--native", f"{folder}/{{name}}", "--tiers", "baseline", "--runs", "1",
                                    "--in-process", self.cat, self.spin, exit_code=5,
                                    err=f"bench: {self.cat}: baseline differs from native")
        self.assertEqual([figures["file"] for figures in report["files"]], [self.spin])
        self.assertEqual(report["failed"], [{"file": self.cat, "exit_code": 5}])
        self.assertNotIn(self.cat, result.out)

    def test_different_results_are_not_timed(self):
        for script, message in (("echo one", "exit codes 0 and 0, outputs of 0 and 4 bytes"),
                                ("exit 9", "exit codes 0 and 9"), ("kill -9 $$", "exit codes 0 and 137")):
            _, report = self.bench("--native", self.script("twin", script), "--tiers", "baseline", self.cat,
                                   exit_code=5, out="",
                                   err=f"bench: {self.cat}: baseline differs from native: {message}")
            self.assertIsNone(report)
        other = self.script("other", "echo wrong; echo 'no memory' >&2; exit 1")
        self.bench("--tiers", "baseline", "--against", f"{other} {{wasm}}", self.cat, exit_code=5, out="",
                   err="other differs from baseline: exit codes 1 and 0, outputs of 6 and 0 bytes; other says: no memory")

    def test_a_later_run_that_differs(self):
        # Right once, when results are compared before the rounds.
        mark = self.path / "mark"
        other = self.script("unsteady", f'if [ -e "{mark}" ]; then echo again; else touch "{mark}"; fi')
        self.bench("--tiers", "baseline", "--against", f"{other} {{args}}", "--runs", "2", self.cat, exit_code=5,
                   out="", err="unsteady differs from baseline: exit codes 0 and 0, outputs of 6 and 0 bytes")

    def test_a_program_that_fails(self):
        trap = self.file("trap.wat", '(module (func (export "_start") unreachable))')
        self.bench("--tiers", "interpreter", trap, exit_code=134, out="",
                   err=f"bench: {trap}: interpreter: trap: unreachable")
        self.bench(str(self.path / "calculator.wat"), exit_code=4, out="", err='no export "_start"')
        self.bench("--native", "/nowhere", self.cat, exit_code=2, out="", err="--native: cannot start /nowhere: No such")
        self.bench("--native", self.file("no program", "x"), self.cat, exit_code=2, out="",
                   err="cannot start")
        self.bench("--tiers", "baseline", "--against", "/nowhere {wasm}", self.cat, exit_code=2, out="",
                   err="bench: nowhere: cannot start /nowhere: No such file")

    def test_wrong_usage(self):
        cat = self.cat
        for args, message in (
                ((), "bench: no FILE"),
                (("--tiers", "baseline,fast", cat), "unknown tier fast"),
                (("--tiers", "auto,auto", cat), "--tiers: more than once: auto"),
                (("--runs", "0", cat), "--runs: not between 1 and 10000: 0"),
                (("--warm-up", "x", cat), "--warm-up: not a number: x"),
                (("--stdin", "/nowhere", cat), "cannot open /nowhere"),
                (("--max-memory", "x", cat), "--max-memory: not a number of bytes"),
                (("--args", "'x", cat), "--args: a quote is not closed: 'x"),
                (("--args", "x", "--args", "y", cat), "--args: given 2 times for 1 FILE"),
                (("--native", "/bin/cat", cat, cat), "--native: with several FILEs it needs {name}"),
                (("--against", "", cat), "--against: an empty command"),
                (("--against", "x= y", cat), "--against: expected COMMAND or NAME=COMMAND"),
                (("--against", "a/x y", "--against", "b/x", cat), "--against: more than one is called x"),
                (("--against", "auto=x {wasm}", "--tiers", "auto", cat), "--against: more than one is called auto"),
                (("--bogus", cat), "bench: unknown option --bogus")):
            self.expect(2, "bench", *args, out="", err=message)
        self.expect(3, "bench", cat, "nothing.wasm", out="", err="nothing.wasm")
        for option in ("--json", "--html"):
            self.expect(1, "bench", option, "/nowhere/x", "--tiers", "interpreter", cat, out="",
                        err="cannot write /nowhere/x: No such file")


class Progress(BenchTest):
    ARGS = ("bench", "--tiers", "interpreter", "--runs", "2")

    def test_lines_where_there_is_no_terminal(self):
        result = self.expect(0, *self.ARGS, self.cat)
        self.assertEqual(result.err, "wasm-tier: bench: start-up\n"
                         f"wasm-tier: bench: {self.cat}: first runs\n"
                         f"wasm-tier: bench: {self.cat}: 2 rounds\n")
        self.expect(0, *self.ARGS, "-q", self.cat, err="")

    def test_a_bar_on_a_terminal(self):
        ours, theirs = pty.openpty()
        with subprocess.Popen([command_test.COMMAND, *self.ARGS, self.cat], stdout=subprocess.PIPE,
                              stderr=theirs) as process:
            os.close(theirs)
            shown = b""
            try:
                while chunk := os.read(ours, 4096):
                    shown += chunk
            except OSError:  # EIO: all who write have closed it
                pass
            out = process.stdout.read().decode()
        os.close(ours)
        self.assertEqual(process.returncode, 0)
        bars = shown.decode().split("\r")
        self.assertRegex(bars[1], r"^\[\.{24}\]   0 %  start-up")
        self.assertLessEqual(max(len(bar.removesuffix("\x1b[K")) for bar in bars), 79)
        percent = [int(number) for number in re.findall(r"\] +(\d+) %", shown.decode())]
        self.assertEqual(percent, sorted(percent))
        self.assertGreater(percent[-1], 80)
        self.assertTrue(shown.endswith(b"\r\x1b[K"))
        self.assertIn("whole processes", out)


def chromium(page, *options):
    """Opens a page without a network; what Chromium printed, as (stdout, stderr)."""
    with tempfile.TemporaryDirectory(prefix="wasm-tier-", ignore_cleanup_errors=True) as profile:
        with subprocess.Popen(
                ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr",
                 f"--user-data-dir={profile}", *options, f"file://{page}"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
            try:
                return process.communicate(timeout=240)
            finally:
                try:  # its helpers may outlive it
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass


class Html(BenchTest):
    def report(self):
        page = self.path / "report.html"
        result, report = self.bench("--html", str(page), "--native", "/bin/true", "--runs", "2",
                                    "--against", "'R&D <b>'=/bin/true {wasm}", "--args", "</td> '&amp;'", self.spin)
        return result, report, page

    def numbers(self, result):
        """What the tables of the text say."""
        cells = [cell for line in result.out.splitlines() if line.startswith("  ")
                 for cell in re.split("  +", line.strip()) if re.search(r"\d", cell)]
        self.assertGreater(len(cells), 40)
        return cells

    def test_is_well_formed_and_says_what_the_text_says(self):
        result, report, page = self.report()
        text = page.read_text()
        document = xml.etree.ElementTree.fromstring(text)  # every element is closed
        cells = ["".join(cell.itertext()) for cell in document.iter("td")]
        for number in self.numbers(result):
            self.assertIn(number, cells)
        self.assertIn("R&D <b>", cells)
        self.assertIn(f"{self.spin} </td> &amp;", [heading.text for heading in document.iter("h2")])
        # A bar's text is a figure of the JSON.
        peak = report["files"][0]["programs"]["auto"]["process"]["peak_kilobytes"]["median"] / 1024
        self.assertIn(f"{peak:.1f} MB", ["".join(text.itertext()) for text in document.iter("text")])
        # A mark for what the tiers did, and a curve for each tier.
        self.assertIn("work", "".join(title.text for title in document.iter("title")).replace("function-0", "work"))
        curves = [path for path in document.iter("path") if path.get("class") in [f"line {t}" for t in self.tiers]]
        self.assertEqual(len(curves), len(self.tiers))
        # Nothing is loaded from elsewhere.
        for element in document.iter():
            for attribute in ("src", "href"):
                self.assertIn(element.get(attribute, "data:,"), ("data:,",))
        self.assertNotRegex(text, "@import|url\\(|https?:")

    @unittest.skipUnless(shutil.which("chromium"), "chromium is not installed (./dev test installs it where apt has it)")
    def test_opens_in_chromium_without_an_error(self):
        result, _, page = self.report()
        dom, log = chromium(page, "--dump-dom")
        self.assertNotIn("CONSOLE", log)
        shown = html.unescape(re.sub("<[^>]*>", "\n", dom)).splitlines()
        for number in self.numbers(result):
            self.assertIn(number, shown)
        # This would have been seen.
        broken = self.file("broken.html", page.read_text().replace("</body>", "<script>nothing()</script></body>"))
        self.assertIn("CONSOLE", chromium(broken, "--dump-dom")[1])


if __name__ == "__main__":
    command_test.COMMAND, command_test.TOP = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])

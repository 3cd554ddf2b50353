#!/usr/bin/env python3
"""Runs bench/run on a program of the build folder and reads the files that it writes; and the report alone.

usage: run_test.py BUILD
"""

import html.parser
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
BUILD = sys.argv.pop() if len(sys.argv) > 1 else None
sys.path.insert(0, str(BENCH))
import figures  # noqa: E402
import suite_report  # noqa: E402


class Page(html.parser.HTMLParser):
    """The cells of each row of a page, and its tags that are not closed."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.open, self.links = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.links += [value for name, value in attributes if name in ("src", "href")]
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes another tag"

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


class Run(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wasm-tier-")
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name)

    def run_bench(self, *options):
        return subprocess.run([sys.executable, str(BENCH / "run"), "--build", BUILD, *options],
                              capture_output=True, text=True, check=False)

    def test_files(self):
        json_file, html_file = self.path / "new" / "figures.json", self.path / "new" / "report.html"
        done = self.run_bench("--filter", "arrays/matmul_naive", "--filter", "hello", "--suite", "cold",
                              "--tier", "baseline", "--tier", "auto", "--rounds", "3", "--hello-rounds", "3",
                              "--json", str(json_file), "--html", str(html_file))
        self.assertEqual(done.returncode, 0, done.stderr)
        report = figures.load(json_file)
        group = report["suites"]["cold"]["groups"]["arrays"]
        self.assertEqual(set(group["results"]), {"arrays/matmul_naive_f32", "arrays/matmul_naive_f64"})
        own = group["results"]["arrays/matmul_naive_f64"]
        self.assertEqual(set(own), {"native", "march-native", "baseline", "auto"})
        for name in ("ratio", "wall_ratio", "march_native_ratio", "cpu", "wall", "peak_kilobytes"):
            self.assertEqual(len(own["auto"][name]["runs"]), 3)
            self.assertLessEqual(own["auto"][name]["min"], own["auto"][name]["median"])
            self.assertGreater(own["auto"][name]["min"], 0)
        self.assertEqual(set(group["geometric_mean"]), {"march-native", "baseline", "auto"})
        self.assertEqual(set(report["hello"]), {"native", "baseline", "auto"})
        self.assertIn("arrays/matmul_naive_f64", done.stdout)

        page = Page(html_file.read_text(encoding="utf-8"))
        self.assertEqual((page.open, page.links), ([], []))
        [row] = [row for row in page.rows if row[0] == "arrays/matmul_naive_f64"]
        self.assertTrue(row[-1].startswith(f"{own['auto']['ratio']['median']:.2f} ("), row)

        done = subprocess.run([sys.executable, str(BENCH / "compare"), json_file, json_file],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_bad_options(self):
        for options, text in ((["--suite", "cold,warm"], "--suite: unknown: warm"),
                              (["--filter", "no such program"], "no program matches the filter"),
                              (["--rounds", "0"], "rounds have to be positive"),
                              (["--json", "/proc/no/x"], "/proc/no/x: "),
                              (["--against", "engine"], "needs {wasm}")):
            done = self.run_bench(*options)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(text, done.stderr)


class Report(unittest.TestCase):
    def test_names_are_escaped_and_missing_engines_shown(self):
        one = {"native": {"cpu": figures.summary([1.0])}, "a<b": {"ratio": figures.summary([2.0, 3.0, 4.0])}}
        group = {"title": "x & y", "arguments": {"p": [], "q": []},
                 "results": {"p": one, "q": {"native": one["native"]}},
                 "geometric_mean": {"a<b": 3.0}, "geometric_mean_to_march_native": {}, "total": {}}
        report = {"machine": figures.describe_machine(None), "rounds": 3,
                  "suites": {"short": {"groups": {"programs": group}, "vector_gains": {}}},
                  "micro": {"Load": {"unit": "ms", "runs": [1, 2, 3]}}}
        report = json.loads(json.dumps(report))
        page = Page(suite_report.render(report))
        self.assertEqual((page.open, page.links), ([], []))
        self.assertIn(["p", "1.000 s", "3.00 (2.00..4.00)"], page.rows)
        self.assertIn(["q", "1.000 s", "-"], page.rows)
        self.assertIn(["Load", "2 ms", "1..3"], page.rows)
        self.assertIn("a<b", [cell for row in page.rows for cell in row])


if __name__ == "__main__":
    unittest.main()

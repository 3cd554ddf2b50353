#!/usr/bin/env python3
"""Tests of bench/compare: what is slower, what is noise, and what cannot be compared."""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
sys.path.insert(0, str(BENCH))
import figures  # noqa: E402

STEADY = [0.99, 1.0, 1.01]


def scaled(runs, factor):
    return [value * factor for value in runs]


def report(programs, micro=None, hello=None):
    """A file with these programs' rounds (ratios to native) in the tier `auto`."""
    results = {label: {"native": {"cpu": figures.summary(STEADY)}, "auto": {"ratio": figures.summary(runs)}}
               for label, runs in programs.items()}
    group = {"arguments": {label: ["9"] for label in programs}, "results": results}
    return {"version": figures.VERSION, "machine": {"processor": "P"}, "rounds": 3,
            "suites": {"short": {"groups": {"programs": group}}},
            "hello": {"auto": {"wall_ms": figures.summary(hello or STEADY)}},
            "micro": {"Load": {"unit": "ms", "runs": micro or STEADY}}}


class Compare(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wasm-tier-")
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name)

    def file(self, name, contents):
        text = contents if isinstance(contents, str) else json.dumps(contents)
        (self.path / name).write_text(text, encoding="utf-8")
        return str(self.path / name)

    def run_compare(self, before, after, *options):
        done = subprocess.run([sys.executable, str(BENCH / "compare"), self.file("before", before),
                               self.file("after", after), *options],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def expect(self, code, before, after, *texts, options=()):
        actual, output = self.run_compare(before, after, *options)
        self.assertEqual(actual, code, output)
        for text in texts:
            self.assertIn(text, output)
        return output

    def test_the_same(self):
        same = report({"a": STEADY, "b": STEADY})
        self.expect(0, same, same, "5 figures compared: 0 slower, 0 faster, 5 the same")

    def test_slower_beyond_noise(self):
        self.expect(1, report({"a": STEADY, "b": STEADY}), report({"a": scaled(STEADY, 1.2), "b": STEADY}),
                    "slower\n", "+20.0%  noise 2.0%  short programs: a in auto")

    def test_slower_within_the_noise_of_either_file(self):
        for noisy in ([0.8, 1.0, 1.3], [0.7, 1.0, 1.21]):
            self.expect(0, report({"a": noisy}), report({"a": scaled(STEADY, 1.2)}), "0 slower")
        self.expect(0, report({"a": STEADY}), report({"a": [1.0, 1.2, 1.4]}), "0 slower")

    def test_limit(self):
        before, after = report({"a": [0.999, 1, 1.001]}), report({"a": [1.010, 1.011, 1.012]})
        self.expect(0, before, after, "0 slower")
        self.expect(1, before, after, "1 slower", options=["--limit", "0.5"])

    def test_faster_is_told_and_no_failure(self):
        self.expect(0, report({"a": STEADY}), report({"a": scaled(STEADY, 0.5)}), "faster\n", "-50.0%",
                    "0 slower, 1 faster")

    def test_many_small_losses_are_seen_in_the_mean(self):
        names = [f"p{number}" for number in range(20)]
        wide = [0.95, 1.0, 1.05]
        output = self.expect(1, report(dict.fromkeys(names, wide)), report(dict.fromkeys(names, scaled(wide, 1.04))),
                             "1 slower", "+4.0%", "short programs: auto, geometric mean of 20")
        self.assertNotIn("p3 in auto", output)

    def test_hello_and_micro(self):
        self.expect(1, report({"a": STEADY}), report({"a": STEADY}, hello=scaled(STEADY, 2)), "hello world in auto")
        self.expect(1, report({"a": STEADY}), report({"a": STEADY}, micro=scaled(STEADY, 2)), "micro Load")

    def test_all_prints_what_is_the_same(self):
        self.expect(0, report({"a": STEADY}), report({"a": STEADY}), "the same\n", "a in auto", options=["--all"])

    def test_programs_of_one_file_and_other_arguments_are_told(self):
        after = report({"b": STEADY, "c": scaled(STEADY, 9)})
        after["suites"]["short"]["groups"]["programs"]["arguments"]["c"] = ["10"]
        after["machine"]["processor"] = "Q"
        self.expect(0, report({"a": STEADY, "b": STEADY, "c": STEADY}), after, "a is only in the first file",
                    "c ran with other arguments", "other processors: P and Q")
        self.expect(0, after, report({"a": STEADY, "b": STEADY}), "a is only in the second file")

    def test_bounds_alone_are_enough(self):
        warm = [copy.deepcopy(report({"a": scaled(STEADY, factor)})) for factor in (1, 1.2)]
        for one in warm:
            del one["suites"]["short"]["groups"]["programs"]["results"]["a"]["auto"]["ratio"]["runs"]
        self.expect(1, *warm, "a in auto")

    def test_what_cannot_be_compared(self):
        good = report({"a": STEADY})
        for bad, text in (("{", "no JSON"), ("[1]", "it has no suites"), ({**good, "version": 0}, "version 0"),
                          (report({"a": [1.0, 1.0]}), "a in auto: 2 rounds; at least 3"),
                          (report({"a": [0, 0, 0]}), "not all times are positive"),
                          ({**good, "machine": {}}, "damaged"),
                          ({**good, "suites": {}, "hello": {}, "micro": {}}, "nothing in common")):
            self.expect(2, good, bad, text)
        self.expect(2, good, good, "--limit", options=["--limit", "-1"])
        done = subprocess.run([sys.executable, str(BENCH / "compare"), "/nowhere", "/nowhere"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("/nowhere: No such file", done.stderr)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""Shows that the program tests can fail: a stand-in engine gives wrong results, each must be found.

Also checks that the table and the sources name the same programs.
"""

import os
import pathlib
import stat
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import peak  # noqa: E402
import program_table  # noqa: E402
import program_test  # noqa: E402

RIGHT = "cat; echo $1; exit 3"


class StandIn(unittest.TestCase):
    """The native twin and the engine are shell scripts here."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wasm-tier-")
        self.addCleanup(folder.cleanup)
        self.build = pathlib.Path(folder.name)

    def script(self, path, body):
        path = self.build / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def faults(self, engine_body):
        self.script("programs/native/sample", RIGHT)
        # wasm-tier run --tier T FILE ARGUMENT
        engine = program_table.WasmTier(
            self.script("engine", "shift 4; " + engine_body), "interpreter")
        program = program_table.Program(
            name="sample", group="programs", tests=[["one"]],
            stdin_file=self.script("input", "read by the program"))
        return program_test.check_program(program, [engine], self.build)

    def test_right_result_passes(self):
        self.assertEqual(self.faults(RIGHT), [])

    def test_wrong_output_is_found(self):
        [(tier, args, found)] = self.faults("cat; echo two; exit 3")
        self.assertEqual((tier, args), ("interpreter", ["one"]))
        self.assertEqual(found, ["output line 3 is 'two\\n', expected 'one\\n'"])

    def test_missing_newline_is_found(self):
        self.assertEqual(len(self.faults("cat; printf one; exit 3")), 1)

    def test_missing_and_extra_lines_are_found(self):
        self.assertIn("ends before line 3", self.faults("cat; exit 3")[0][2][0])
        self.assertIn("extra line 4", self.faults("cat; echo one; echo; exit 3")[0][2][0])

    def test_wrong_exit_code_is_found(self):
        [(_, _, found)] = self.faults("cat; echo one; echo complaint >&2; exit 4")
        self.assertEqual(found, ["exit code 4, expected 3", "standard error: complaint"])

    def test_death_by_signal_is_found(self):
        self.assertIn("exit code 139", self.faults("kill -SEGV $$")[0][2][0])

    def test_native_failure_is_not_taken_for_a_result(self):
        self.script("programs/native/sample", "kill -ABRT $$")
        program = program_table.Program(name="sample", group="programs", tests=[[]])
        self.assertEqual(program_test.check_program(program, [], self.build)[0][0], "native")

    def trap_faults(self, body):
        engine = program_table.WasmTier(self.script("engine", body), "interpreter")
        trap = program_table.Trap("sample", ["divide"], 134, "before\n", ["divide by zero", "Divide"])
        return program_test.check_trap(trap, engine, self.build)

    def test_trap(self):
        message = "echo 'trap: integer divide by zero' >&2; echo '  at Divide' >&2"
        self.assertEqual(self.trap_faults(f"echo before; {message}; exit 134"), [])
        self.assertEqual(len(self.trap_faults(f"echo before; {message}; exit 1")), 2)
        self.assertEqual(len(self.trap_faults("echo before; exit 134")), 2)


    def test_modes_of_a_build_without_the_optimizing_tier(self):
        modes = ["baseline", "optimizing", "auto", "stress_optimizing"]
        without = self.script("without", "echo wasm-tier 1; echo tiers: interpreter, baseline")
        self.assertEqual(program_table.installed(without, modes), ["baseline", "auto"])
        with_it = self.script("with", "echo wasm-tier 1; echo optimizing tier: /x.so")
        self.assertEqual(program_table.installed(with_it, modes), modes)

    def peak(self, body):
        engines = [program_table.WasmTier(self.script("engine", body), tier) for tier in ("baseline", "auto")]
        program = program_table.Program(name="sample", group="programs", tests=[], directory=True,
                                        env={"A": "1"})
        return peak.measure(engines, program, self.build, 4, ["{directory}", "9"])

    def test_peak_reads_the_figures(self):
        # wasm-tier bench --in-process --quiet --tiers LIST --native PATH --runs N --json FILE ...
        figures, wrong = self.peak("""cat >"${11}" <<END
            {"files": [{"programs": {
                "native": {"process": {"cpu": 1, "wall": 2, "peak_kilobytes": 3}},
                "auto": {"in_process": {"cpu": "$5", "wall": "$9", "curve": [], "code": "${16##*--args=} ${17##*/}",
                                        "ratios": {"native": {"cpu": 4, "wall": 5}}}}}}]}
END""")
        self.assertEqual(wrong, [])
        self.assertEqual(figures["native"], {"cpu": 1, "wall": 2})
        own = figures["auto"]
        self.assertEqual((own["cpu"], own["wall"], own["ratio"], own["wall_ratio"]), ("baseline,auto", "4", 4, 5))
        self.assertRegex(own["code"], "^/.*/work 9 sample.wasm$")

    def test_peak_tells_of_wrong_results(self):
        self.assertEqual(self.peak("echo they differ >&2; exit 5"), ({}, ["they differ"]))


class Table(unittest.TestCase):
    def test_sources_and_rows_agree(self):
        programs, traps = program_table.load_table()
        for group in set(program_table.GROUPS.values()):
            sources = {path.stem for path in (program_table.HERE / group).iterdir()
                       if path.suffix in (".c", ".cc") or path.is_dir()}
            rows = {program.name for program in programs.values() if program.group == group}
            self.assertEqual(sources, rows)
        self.assertGreaterEqual(len(programs), 20)
        self.assertTrue(traps)

    def test_other_engines_get_their_placeholders(self):
        engine = program_table.OtherEngine("engine --dir {directory} {wasm} -- {args}")
        program = program_table.Program(name="a", group="programs", tests=[], directory=True)
        argv, _ = engine.command(program, "b", ["{directory}", "2"], "/tmp/x")
        self.assertEqual(
            argv, ["engine", "--dir", "/tmp/x", os.path.join("b", "programs", "wasm", "a.wasm"), "--",
                   "/work", "2"])


if __name__ == "__main__":
    unittest.main()

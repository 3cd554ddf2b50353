#!/usr/bin/env python3
"""Finds the function that a tier compiles wrongly.

usage: bisect.py --engine WASM-TIER [--stdin FILE] [--timeout SECONDS] [RUN OPTIONS] PROGRAM [ARGS...]
       bisect.py --self-test

Runs PROGRAM in the interpreter and in a compiling tier (baseline, unless RUN OPTIONS, which are those
of `wasm-tier run`, name another one), and compares exit code, standard output and standard error. If
they differ, it looks for the first function whose compiled form makes the difference, by letting only
some functions leave the interpreter (--tier-filter). The program must do the same in every run.

Exit codes: 0 if both runs agree, 1 if a function was found, 2 if the search is not possible.
"""

import json
import os
import pathlib
import re
import shlex
import stat
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import program_table  # noqa: E402

NO_FUNCTION = "!0-4294967295"
# Functions that only together change the output are looked for up to this many.
MOST_CULPRITS = 8


class Impossible(Exception):
    """Why there is nothing to search for."""


class CommandLine:
    """A `wasm-tier run` command line, taken apart."""

    def __init__(self, engine, words):
        self.engine = engine
        self.tier = "baseline"
        self.options = []  # without --tier and --tier-filter
        with_value = options_with_value(engine)
        words = list(words)
        while words and words[0].startswith("-"):
            word = words.pop(0)
            name, equals, value = word.partition("=")
            if name in with_value and not equals:
                if not words:
                    raise Impossible(f"{name} needs a value")
                value = words.pop(0)
            if name == "--tier":
                self.tier = value
            elif name == "--tier-filter":
                raise Impossible("the search sets --tier-filter itself")
            else:
                self.options += [name, value] if name in with_value else [word]
        if not words:
            raise Impossible("no PROGRAM; see ./dev bisect --help")
        self.file, *self.args = words

    def command(self, *tier):
        return [self.engine, "run", *tier, *self.options, self.file, *self.args]

    def interpreter(self):
        return self.command("--tier", "interpreter")

    def compiling(self, tier_filter=None):
        more = [] if tier_filter is None else ["--tier-filter", tier_filter]
        return self.command("--tier", self.tier, *more)


def options_with_value(engine):
    """The options of `run` that a value follows, from its help: "  --env NAME=VALUE   set ..."."""
    outcome = program_table.run([engine, "run", "--help"], None, b"", 60)
    names = re.findall(r"^  (--[a-z-]+) [^ ]", outcome.stdout.decode(errors="replace"), re.MULTILINE)
    if outcome.exit != 0 or "--tier" not in names:
        raise Impossible(f"{engine} run --help does not list --tier; is it wasm-tier?")
    return set(names)


def differences(expected, actual):
    """Sentences on how two outcomes differ."""
    found = program_table.differences(expected, program_table.Outcome(actual.stdout, b"", actual.exit))
    if expected.stderr != actual.stderr:
        wanted, got = (text.decode(errors="replace").strip()[-1000:]
                       for text in (expected.stderr, actual.stderr))
        found.append(f"standard error is {got!r}, expected {wanted!r}")
    return found


class Bisection:
    """The search in one program."""

    def __init__(self, line, stdin=b"", timeout=60, say=print):
        self.line = line
        self.stdin = stdin
        self.timeout = timeout
        self.say = say
        self.runs = 0
        self.functions = self.read_functions()
        self.expected = self.run(line.interpreter())
        if self.expected.exit == -1:
            raise Impossible(f"the interpreter takes longer than {timeout} s (--timeout)")
        if differences(self.expected, self.run(line.interpreter())):
            raise Impossible("two runs in the interpreter differ; the program must do the same in every run")

    def read_functions(self):
        """{index: name} of the functions that have code."""
        outcome = program_table.run([self.line.engine, "inspect", "--json", self.line.file], None, b"",
                                    self.timeout)
        if outcome.exit != 0:
            raise Impossible(outcome.stderr.decode(errors="replace").strip())
        module = json.loads(outcome.stdout)
        # A function without a name has no such member.
        return {f["index"]: f.get("name", "") for f in module["functions"] if not f["imported"]}

    def run(self, command):
        self.runs += 1
        return program_table.run(command, dict(os.environ), self.stdin, self.timeout)

    def differs(self, tier_filter=None):
        return bool(differences(self.expected, self.run(self.line.compiling(tier_filter))))

    def first_culprit(self, known):
        """The first function f such that compiling all up to f, and `known`, changes the output."""
        indices = sorted(self.functions)
        good, bad = -1, len(indices) - 1  # positions: all up to `bad` is wrong
        while bad - good > 1:
            middle = (good + bad) // 2
            items = [f"{indices[0]}-{indices[middle]}", *map(str, known)]
            wrong = self.differs(",".join(items))
            self.say(f"  functions {indices[0]} to {indices[middle]}: {'wrong' if wrong else 'right'}")
            good, bad = (good, middle) if wrong else (middle, bad)
        return indices[bad]

    def search(self):
        """The functions that together change the output, in the order found; none if nothing does."""
        if not self.differs():
            return []
        if not self.functions:
            raise Impossible("the runs differ, but the module has no function with code")
        if self.differs(NO_FUNCTION):
            raise Impossible(f"--tier {self.line.tier} differs even when it compiles nothing")
        culprits = []
        while len(culprits) < MOST_CULPRITS:
            culprit = self.first_culprit(culprits)
            if culprit in culprits:
                break  # it needs others, but not always the same
            culprits.append(culprit)
            if self.differs(",".join(map(str, culprits))):
                break
            self.say(f"  function {culprit} is wrong only together with others")
        return culprits

    def describe(self, index):
        name = self.functions[index]
        return f"function {index} <{name}>" if name else f"function {index}"

    def report(self, culprits):
        """What to print at the end."""
        if not culprits:
            return f"--tier {self.line.tier} does the same as the interpreter"
        tier_filter = ",".join(map(str, culprits))
        actual = self.run(self.line.compiling(tier_filter))
        found = differences(self.expected, actual) or ["nothing now: it depends on chance"]
        lines = [f"{' and '.join(self.describe(i) for i in culprits)} "
                 f"change{'' if len(culprits) > 1 else 's'} the output when compiled ({self.runs} runs):"]
        lines += [f"  {sentence}" for sentence in found]
        lines.append("look at it:")
        for index in culprits:
            lines.append(f"  {shlex.join([self.line.engine, 'inspect', '--asm', str(index), self.line.file])}")
        lines.append(f"  {shlex.join(self.line.compiling(tier_filter))}")
        lines.append(f"  {shlex.join(self.line.interpreter())}")
        return "\n".join(lines)


def take_option(words, name):
    """Removes `name VALUE` from the front of the command line; the value, or None."""
    if len(words) >= 2 and words[0] == name:
        del words[0]
        return words.pop(0)
    return None


def main(words):
    words = list(words)
    engine, stdin, timeout = None, b"", 60.0
    if not words or words[0] in ("--help", "-h"):
        print(__doc__.strip())
        return 0
    try:
        while words and words[0] in ("--engine", "--stdin", "--timeout"):
            name, value = words[0], take_option(words, words[0])
            if value is None:
                raise Impossible(f"{name} needs a value")
            if name == "--engine":
                engine = value
            elif name == "--stdin":
                stdin = pathlib.Path(value).read_bytes()
            else:
                timeout = float(value)
        if engine is None:
            raise Impossible("no --engine")
        bisection = Bisection(CommandLine(engine, words), stdin, timeout)
        culprits = bisection.search()
    except (Impossible, OSError, ValueError) as error:
        print(f"bisect: {error}", file=sys.stderr)
        return 2
    print(f"bisect: {bisection.report(culprits)}")
    return 1 if culprits else 0


# A stand-in for wasm-tier: a module of ten functions, two of them imported, that prints its arguments
# and standard input; {wrong} says of the set of compiled functions whether the output is wrong.
FAKE_ENGINE = """#!{python}
import json, sys
words = sys.argv[1:]
if words == ["run", "--help"]:
    print("Options:\\n  --tier TIER      t\\n  --tier-filter LIST\\n          f\\n  --invoke NAME    i\\n"
          "  --time                    x")
    sys.exit(0)
if words[0] == "inspect":
    functions = [{{"index": i, "name": "f%d" % i, "imported": i < 2}} for i in range(10)]
    del functions[6]["name"]
    print(json.dumps({{"functions": functions}}))
    sys.exit(0)
tier, items, rest = None, "0-9", []
words = words[1:]
while words:
    word = words.pop(0)
    if word == "--tier": tier = words.pop(0)
    elif word == "--tier-filter": items = words.pop(0)
    else: rest.append(word)
    if word == "x.wasm": rest += words; break
compiled = set()
if tier != "interpreter" and not items.startswith("!"):
    for item in items.split(","):
        first, _, last = item.partition("-")
        compiled |= set(range(int(first), int(last or first) + 1))
print(rest, sys.stdin.read())
if {wrong}:
    {symptom}
"""


class SelfTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wasm-tier-")
        self.addCleanup(folder.cleanup)
        self.engine = pathlib.Path(folder.name) / "fake"

    def bisect(self, wrong, *words, symptom="print('wrong')", stdin=b""):
        self.engine.write_text(FAKE_ENGINE.format(python=sys.executable, wrong=wrong, symptom=symptom))
        self.engine.chmod(self.engine.stat().st_mode | stat.S_IXUSR)
        line = CommandLine(str(self.engine), words or ["x.wasm"])
        bisection = Bisection(line, stdin, timeout=20, say=lambda _: None)
        culprits = bisection.search()
        self.text = bisection.report(culprits)
        return culprits

    def test_agreement(self):
        self.assertEqual(self.bisect("False"), [])
        self.assertIn("does the same", self.text)

    def test_each_function_is_found(self):
        for function in range(2, 10):
            self.assertEqual(self.bisect(f"{function} in compiled"), [function])
        self.assertIn("function 9 <f9> changes the output", self.text)
        self.assertIn(f"{self.engine} inspect --asm 9 x.wasm", self.text)
        self.assertIn("run --tier baseline --tier-filter 9 x.wasm", self.text)

    def test_first_of_several_is_found(self):
        self.assertEqual(self.bisect("compiled & {4, 7, 8}"), [4])

    def test_functions_that_are_wrong_together(self):
        self.assertEqual(self.bisect("{3, 8} <= compiled"), [8, 3])
        self.assertIn("function 8 <f8> and function 3 <f3> change the output", self.text)
        self.assertEqual(sorted(self.bisect("{2, 5, 9} <= compiled")), [2, 5, 9])

    def test_every_kind_of_difference(self):
        for symptom in ("sys.exit(3)", "print('x', file=sys.stderr)", "sys.stdout.write('x')",
                        "import os; os.abort()"):
            self.assertEqual(self.bisect("5 in compiled", symptom=symptom), [5])

    def test_options_arguments_and_input_reach_the_program(self):
        found = self.bisect("6 in compiled and tier == 'auto'", "--invoke", "go", "--time", "--tier=auto",
                            "x.wasm", "--tier", "7", stdin=b"input")
        self.assertEqual(found, [6])
        self.assertIn("function 6 changes the output", self.text)
        self.assertIn("run --tier auto --tier-filter 6 --invoke go --time x.wasm --tier 7", self.text)

    def test_what_makes_it_impossible(self):
        with self.assertRaisesRegex(Impossible, "even when it compiles nothing"):
            self.bisect("tier == 'baseline'")
        with self.assertRaisesRegex(Impossible, "two runs in the interpreter differ"):
            self.bisect("True", symptom="import time; print(time.time_ns())")
        with self.assertRaisesRegex(Impossible, "no PROGRAM"):
            self.bisect("False", "--time")
        with self.assertRaisesRegex(Impossible, "sets --tier-filter itself"):
            self.bisect("False", "--tier-filter", "1", "x.wasm")
        with self.assertRaisesRegex(Impossible, "is it wasm-tier"):
            CommandLine("/bin/true", ["x.wasm"])

    def test_exit_codes(self):
        self.bisect("5 in compiled")
        self.assertEqual(main(["--engine", str(self.engine), "x.wasm"]), 1)
        self.assertEqual(main(["--engine", str(self.engine), "--tier", "interpreter", "x.wasm"]), 0)
        self.assertEqual(main(["--engine", "/nowhere", "x.wasm"]), 2)


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        unittest.main(argv=sys.argv[:1])
    sys.exit(main(sys.argv[1:]))

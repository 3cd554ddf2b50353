"""The table of programs (programs/programs.json), and how each is run natively and in an engine.

Used by bench/run and by test/programs, so that both run the same programs with the same input.
"""

import dataclasses
import json
import os
import pathlib
import shlex
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE / "programs" / "programs.json"

# The modes of wasm-tier that exist. A later tier is tested and measured by adding it here. Those with
# "optimizing" in their names need a build with LLVM: see installed().
TIERS = ["interpreter", "baseline", "optimizing", "auto"]
# What is only tested: options of `run`, by the name of the mode (test/support/modes.def).
TESTED_MODES = {
    **{tier: ["--tier", tier] for tier in TIERS},
    "stress_1": ["--tier", "stress", "--stress-seed", os.environ.get("WASM_TIER_STRESS_SEED", "1")],
    "stress_2": ["--tier", "stress", "--stress-seed", os.environ.get("WASM_TIER_STRESS_SEED", "2"),
                 "--explicit-checks"],
    "stress_optimizing": ["--tier", "stress", "--stress-seed", os.environ.get("WASM_TIER_STRESS_SEED", "3"),
                          "--compile-threads", "0"],
}
# What is only measured, when asked for: what counting for the optimizing tier costs.
MEASURED_MODES = {**TESTED_MODES, "feedback": ["--tier", "baseline", "--feedback"]}


def installed(binary, modes):
    """Those of the modes that this wasm-tier has."""
    version = subprocess.run([str(binary), "--version"], capture_output=True, text=True, check=True)
    if "\noptimizing tier: " in version.stdout:
        return list(modes)
    return [mode for mode in modes if "optimizing" not in mode]


# The native builds of each program, by their folders: for any processor of the architecture, and with
# -march=native for the one that compiles it.
TWINS = ["native", "march-native"]

# How much work a program does when it is measured: fields of Program.
SUITES = ["cold", "short", "long"]

# Groups of programs, by the rows of the table that list them: each row of "vectors" is built twice.
GROUPS = {"programs": "programs", "kernels": "kernels", "arrays": "arrays", "vectors": "vectors",
          "scalars": "vectors"}

# Where a program that needs a directory finds it inside the engine; {directory} in its arguments.
GUEST_DIRECTORY = "/work"


@dataclasses.dataclass
class Program:
    """One row of the table."""

    name: str
    group: str  # one of GROUPS, and the folder of its binaries
    tests: list  # a list of argument lists
    cold: list = None  # the arguments that the native twin takes about 20 ms for; None: not measured
    short: list = None  # those that it takes about 0.2 s for
    long: list = None  # those that it takes about 2 s for
    stdin_file: str = None  # in the folder of the table; None: empty input
    env: dict = dataclasses.field(default_factory=dict)
    directory: bool = False  # runs in a fresh directory

    @property
    def stdin(self):
        if self.stdin_file is None:
            return b""
        return (TABLE.parent / self.stdin_file).read_bytes()

    def wasm(self, build):
        return pathlib.Path(build) / self.group / "wasm" / f"{self.name}.wasm"

    def native(self, build, twin="native"):
        return pathlib.Path(build) / self.group / twin / self.name


@dataclasses.dataclass
class Trap:
    """A program that has to end in a trap: wasm only, no native twin."""

    name: str
    args: list
    exit: int
    stdout: str
    stderr: list  # texts that must all appear


def load_table(path=TABLE):
    """Returns ({name: Program}, {name: Trap}); those of other groups than `programs` are named
    GROUP/NAME, such as kernels/NAME."""
    with open(path, encoding="utf-8") as file:
        table = json.load(file)
    programs = {}
    for group, rows in GROUPS.items():
        for name, row in table[rows].items():
            label = name if group == "programs" else f"{group}/{name}"
            programs[label] = Program(name=name, group=group, **row)
    traps = {name: Trap(name=name, **row) for name, row in table["traps"].items()}
    return programs, traps


class NativeTwin:
    """Runs one of the TWINS of a program."""

    def __init__(self, twin="native"):
        self.name = twin

    def supports(self, program):
        return True

    def command(self, program, build, args, directory):
        argv = [str(program.native(build, self.name))]
        argv += [arg.replace("{directory}", str(directory)) for arg in args]
        return argv, dict(program.env)


class WasmTier:
    """Runs a program in one mode of wasm-tier: a tier, or one of MEASURED_MODES."""

    def __init__(self, binary, mode):
        self.binary = str(binary)
        self.options = MEASURED_MODES[mode]
        self.name = mode

    def supports(self, program):
        return True

    def command(self, program, build, args, directory):
        argv = [self.binary, "run", *self.options]
        if program.directory:
            argv += ["--dir", f"{directory}::{GUEST_DIRECTORY}"]
        for key, value in program.env.items():
            argv += ["--env", f"{key}={value}"]
        argv.append(str(program.wasm(build)))
        argv += [arg.replace("{directory}", GUEST_DIRECTORY) for arg in args]
        return argv, dict(os.environ)


class OtherEngine:
    """Runs a program by a command line of the user's, with {wasm}, {args} and, if the engine can map
    a directory to the guest's /work, {directory}."""

    def __init__(self, template):
        self.words = shlex.split(template)
        if "{wasm}" not in template:
            raise ValueError(f"the command line needs {{wasm}}: {template}")
        self.name = pathlib.Path(self.words[0]).name

    def supports(self, program):
        has_directory = any("{directory}" in word for word in self.words)
        return (has_directory or not program.directory) and not program.env

    def command(self, program, build, args, directory):
        argv = []
        for word in self.words:
            if word == "{args}":
                argv += [arg.replace("{directory}", GUEST_DIRECTORY) for arg in args]
            else:
                word = word.replace("{wasm}", str(program.wasm(build)))
                argv.append(word.replace("{directory}", str(directory)))
        return argv, dict(os.environ)


@dataclasses.dataclass
class Outcome:
    """What a run left behind. A death by signal N is exit code 128 + N, as in a shell."""

    stdout: bytes
    stderr: bytes
    exit: int


def run(argv, environment, stdin, timeout):
    try:
        done = subprocess.run(argv, env=environment, input=stdin, capture_output=True,
                              timeout=timeout, check=False)
    except subprocess.TimeoutExpired as expired:
        return Outcome(expired.stdout or b"", f"no end after {timeout} s".encode(), -1)
    code = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return Outcome(done.stdout, done.stderr, code)


def run_native(program, build, args, timeout=120):
    return run_engine(NativeTwin(), program, build, args, timeout)


def run_engine(engine, program, build, args, timeout=120):
    with tempfile.TemporaryDirectory(prefix="wasm-tier-") as directory:
        return run(*engine.command(program, build, args, directory), program.stdin, timeout)


def differences(expected, actual):
    """Returns sentences on how an outcome differs from its native twin's; none if it does not."""
    found = []
    if expected.exit != actual.exit:
        found.append(f"exit code {actual.exit}, expected {expected.exit}")
    if expected.stdout != actual.stdout:
        found.append(_first_difference(expected.stdout, actual.stdout))
    if found and actual.stderr:
        found.append("standard error: " + actual.stderr[-2000:].decode(errors="replace").strip())
    return found


def _first_difference(expected, actual):
    wanted = expected.decode(errors="replace").splitlines(keepends=True)
    got = actual.decode(errors="replace").splitlines(keepends=True)
    for number, (left, right) in enumerate(zip(wanted, got), 1):
        if left != right:
            return f"output line {number} is {right!r}, expected {left!r}"
    number = min(len(wanted), len(got)) + 1
    if len(got) < len(wanted):
        return f"output ends before line {number}, expected {wanted[number - 1]!r}"
    return f"output has an extra line {number}: {got[number - 1]!r}"

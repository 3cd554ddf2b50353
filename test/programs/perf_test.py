#!/usr/bin/env python3
"""Linux's perf names compiled functions, unwinds their frames and finds their source lines.

usage: perf_test.py --engine wasm-tier --build DIR

Exits with 77 where perf is missing or may not sample.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
CALLS = "4000"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def run(command, folder, **options):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False, **options)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


# Software events work in virtual machines too.
def record(folder, *options):
    return ["perf", "record", "-q", "-e", "cpu-clock:u", "-F", "499", "-o", f"{folder}/perf.data", *options, "--"]


def check_can_sample(folder):
    if shutil.which("perf") is None:
        skip("perf is not installed (package linux-perf)")
    result = subprocess.run([*record(folder), "true"], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        skip(f"perf may not sample here: {result.stderr.strip()}")


# Shares of time by symbol, of what perf report prints.
def shares(report):
    found = {}
    for percent, symbol in re.findall(r"^\s*([0-9.]+)%.*?\[\.\] (.*?)\s*$", report, re.MULTILINE):
        found[symbol] = found.get(symbol, 0) + float(percent)
    return found


def check_shares(report, tier):
    found = shares(report)
    times = {}
    for name in ("Slow", "Fast"):
        symbols = [symbol for symbol in found if re.search(rf"!{name} \[{tier}\]$", symbol)]
        if not symbols:
            sys.exit(f"no {name} [{tier}] in what perf reports:\n{report}")
        times[name] = sum(found[symbol] for symbol in symbols)
    # Three to one, and nearly all of the time; machines that run tests are busy.
    if not times["Slow"] > 1.5 * times["Fast"] > 0 or sum(times.values()) < 50:
        sys.exit(f"shares of time are {times}, expected about 75 and 25")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--engine", required=True)
    parser.add_argument("--build", required=True)
    options = parser.parse_args()
    engine = os.path.abspath(options.engine)
    program = pathlib.Path(options.build).resolve() / "traps/wasm/lines.wasm"
    if not program.exists():
        sys.exit(f"not built: {program}; build the target `programs`")

    with tempfile.TemporaryDirectory() as folder:
        check_can_sample(folder)
        wasm = [engine, "run", "--tier", "baseline"]
        report = ["perf", "report", "--stdio", "--no-children", "-g", "none", "-i"]

        run([*record(folder), *wasm, "--perf", "map", str(program), CALLS], folder)
        check_shares(run([*report, "perf.data"], folder), "baseline")

        run([*record(folder, "-k", "mono", "--call-graph", "dwarf,4096"), *wasm, "--perf", "jitdump", str(program),
             CALLS], folder)
        run(["perf", "inject", "--jit", "-i", "perf.data", "-o", "jit.data"], folder)
        check_shares(run([*report, "jit.data"], folder), "baseline")
        # The unwind tables lead from the functions to their caller.
        stacks = run(["perf", "script", "-i", "jit.data", "-F", "ip,sym"], folder)
        if not re.search(r"!Slow \[baseline\]\n[^\n]*!(main|__main_argc_argv|__original_main) \[baseline\]", stacks):
            sys.exit(f"Slow has no caller:\n{stacks[:2000]}")
        lines = run(["perf", "script", "-i", "jit.data", "-F", "ip,sym,srcline", "-G"], folder)
        if not re.search(r"!Slow \[baseline\]\s+[^\n]*lines\.c:(8|9|10|11)\b", lines):
            sys.exit(f"Slow has no source lines:\n{lines[:2000]}")
    print("perf has names, callers and lines")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What `wasm-tier profile` costs: CPU time of whole processes, profiled and not, in alternation.

Usage: bench/profile_overhead.py COMMAND ROUNDS [OPTION]... PROGRAM.wasm [ARGUMENT]... [-- ...]...
   as: bench/profile_overhead.py build/release/bin/wasm-tier 9 build/release/programs/wasm/script.wasm 59999

Prints for each program the medians, the median of the pairs' ratios with its quartiles, and at the end
the geometric mean of the medians. Output must be the same with and without.
"""

import math
import os
import statistics
import subprocess
import sys
import tempfile


def run(argv):
    """(CPU seconds, output, exit code), of the process and its threads."""
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        return usage.ru_utime + usage.ru_stime, output.read(), child.returncode


def measure(command, rounds, program):
    profile = tempfile.NamedTemporaryFile(suffix=".html")
    plain, profiled = [], []
    for number in range(rounds):
        forms = [(plain, [command, "run"]), (profiled, [command, "profile", "-o", profile.name])]
        results = {}
        for times, argv in forms if number % 2 == 0 else reversed(forms):
            seconds, *results[argv[1]] = run(argv + program)
            times.append(seconds)
        if results["run"] != results["profile"]:
            sys.exit(f"{program[0]}: the profiled program does something else")
    ratios = [b / a for a, b in zip(plain, profiled, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    name = next(word for word in program if word.endswith((".wasm", ".wat")))
    print(f"{os.path.basename(name):24} {statistics.median(plain):8.3f} s {statistics.median(profiled):8.3f} s"
          f"  {middle:.3f} ({low:.3f} .. {high:.3f})", flush=True)
    return middle


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    command, rounds = sys.argv[1], int(sys.argv[2])
    programs, rest = [], sys.argv[3:]
    while rest:
        end = rest.index("--") if "--" in rest else len(rest)
        programs.append(rest[:end])
        rest = rest[end + 1:]
    print(f"{'program':24} {'run':>10} {'profile':>10}  profile / run (quartiles)")
    ratios = [measure(command, rounds, program) for program in programs]
    print(f"geometric mean {math.exp(statistics.mean(map(math.log, ratios))):.3f}")


if __name__ == "__main__":
    main()

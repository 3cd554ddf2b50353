#!/usr/bin/env python3
"""Runs a program of the suite natively and in every tier; output and exit code must agree.

usage: program_test.py --engine wasm-tier --build DIR NAME

NAME is a row of bench/programs/programs.json: a program, GROUP/NAME for one of another group, such as
kernels/NAME, or `traps` for all traps. The twin that was built with -march=native must agree, too.
"""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import program_table  # noqa: E402


def check_program(program, engines, build):
    """Returns what is wrong, as (tier, arguments, sentences)."""
    faults = []
    for args in program.tests:
        expected = program_table.run_native(program, build, args)
        if expected.exit >= 128 or (not expected.stdout and not expected.stderr):
            faults.append(("native", args, [f"exit code {expected.exit}, no usable result"]))
            continue
        for engine in engines:
            actual = program_table.run_engine(engine, program, build, args)
            found = program_table.differences(expected, actual)
            if found:
                faults.append((engine.name, args, found))
    return faults


def check_trap(trap, engine, build):
    """Returns sentences on what is wrong with a program that should have ended in a trap."""
    program = program_table.Program(name="trap", group="traps", tests=[])
    actual = program_table.run_engine(engine, program, build, trap.args)
    expected = program_table.Outcome(trap.stdout.encode(), b"", trap.exit)
    found = program_table.differences(expected, actual)
    text = actual.stderr.decode(errors="replace")
    for wanted in trap.stderr:
        if wanted not in text:
            found.append(f"standard error lacks {wanted!r}: {text[-2000:].strip()}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--engine", required=True, help="the wasm-tier command")
    parser.add_argument("--build", required=True, help="the build folder with the programs")
    parser.add_argument("name")
    options = parser.parse_args()

    programs, traps = program_table.load_table()
    modes = program_table.installed(options.engine, program_table.TESTED_MODES)
    engines = [program_table.WasmTier(options.engine, mode) for mode in modes]
    faults = []
    if options.name == "traps":
        needed = [program_table.Program(name="trap", group="traps", tests=[]).wasm(options.build)]
    elif options.name in programs:
        program = programs[options.name]
        needed = [program.wasm(options.build)]
        needed += [program.native(options.build, twin) for twin in program_table.TWINS]
    else:
        sys.exit(f"{options.name} is not in {program_table.TABLE}")
    missing = [str(path) for path in needed if not path.exists()]
    if missing:
        sys.exit(f"not built: {', '.join(missing)}; build the target `programs`")

    if options.name == "traps":
        for trap in traps.values():
            for engine in engines:
                found = check_trap(trap, engine, options.build)
                if found:
                    faults.append((engine.name, trap.args, found))
    else:
        twin = program_table.NativeTwin("march-native")
        faults = check_program(program, [twin, *engines], options.build)
    for tier, args, found in faults:
        print(f"{options.name} {args} in {tier}:")
        for sentence in found:
            print(f"  {sentence}")
    if faults:
        sys.exit(1)
    runs = len(traps) if options.name == "traps" else len(program.tests)
    print(f"{options.name}: {runs} runs agree in {', '.join(modes)}")


if __name__ == "__main__":
    main()

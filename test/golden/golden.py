#!/usr/bin/env python3
"""Compares the machine code that the baseline tier makes of small functions with the text kept here.

usage: golden.py --engine wasm-tier [--bless] [NAME]...

Each NAME.wat has a function "f", whose code stands in NAME.asm. After a change of the compiler, look
at the differences; if they are meant, --bless writes them (`./dev bless`). Code is that for a
processor with AVX and nothing newer (WASMTIER_CPU=avx), so that it is the same everywhere.
"""

import argparse
import difflib
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def machine_code(engine, wat):
    """Returns (text, error)."""
    environment = dict(os.environ, WASMTIER_CPU="avx")
    done = subprocess.run([str(engine), "inspect", "--asm", "f", wat.name], cwd=wat.parent,
                          env=environment, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout, done.stderr.strip() if done.returncode != 0 else None


def compare(wat, actual, bless):
    """Returns the difference as lines; none if there is none, or none is left after blessing."""
    path = wat.with_suffix(".asm")
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    if actual == expected:
        return []
    if bless:
        path.write_text(actual, encoding="utf-8")
        print(f"wrote {path.name}")
        return []
    return list(difflib.unified_diff(expected.splitlines(), actual.splitlines(), path.name,
                                     "what the compiler makes", lineterm="", n=6))


def check(engine, folder, names, bless):
    """Returns the number of functions whose code differs."""
    wats = sorted(folder.glob("*.wat"))
    if names:
        wats = [wat for wat in wats if wat.stem in names]
    faults = 0
    for wat in wats:
        actual, error = machine_code(engine, wat)
        lines = [error] if error else compare(wat, actual, bless)
        if lines:
            faults += 1
            print(f"{wat.stem}:", *lines, sep="\n  ")
    stale = [] if names else sorted({path.stem for path in folder.glob("*.asm")} -
                                    {wat.stem for wat in wats})
    for stem in stale:
        print(f"{stem}.asm belongs to no function")
        if bless:
            (folder / f"{stem}.asm").unlink()
    print(f"{len(wats)} functions, {faults} differ")
    return faults + (0 if bless else len(stale)) + (1 if not wats else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--engine", required=True, type=pathlib.Path)
    parser.add_argument("--bless", action="store_true", help="write what the compiler makes now")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    if "avx" not in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").split():
        print("skipped: this processor has no AVX, for which the code is made")
        return
    if check(options.engine.resolve(), HERE, options.names, options.bless):
        sys.exit("if the difference is meant: ./dev bless")


if __name__ == "__main__":
    main()

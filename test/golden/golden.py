#!/usr/bin/env python3
"""Compares what the compilers make of small functions with the text kept here.

usage: golden.py --engine wasm-tier [--bless] [NAME]...

Each NAME.wat has a function "f". NAME.asm is the baseline tier's machine code of it, NAME.ir what the
optimizing tier gives to LLVM (ir_text.py says what is left out of it). After a change of a compiler,
look at the differences; if they are meant, --bless writes them (`./dev bless`). Every function has
the first text; for the second one make an empty file and bless it. Machine code is that for a
processor with AVX and nothing newer (WASMTIER_CPU=avx), so that it is the same everywhere.
"""

import argparse
import difflib
import os
import pathlib
import subprocess
import sys

import ir_text

HERE = pathlib.Path(__file__).resolve().parent
WHAT = {".asm": "--asm", ".ir": "--raw-ir"}


def inspect(engine, wat, suffix):
    """Returns (text, error)."""
    environment = dict(os.environ, WASMTIER_CPU="avx")
    done = subprocess.run([str(engine), "inspect", WHAT[suffix], "f", wat.name], cwd=wat.parent,
                          env=environment, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        return "", done.stderr.strip() or f"exit status {done.returncode}"
    return ir_text.normalized(done.stdout) if suffix == ".ir" else done.stdout, None


def compare(path, actual, bless):
    """Returns the difference as lines; none if there is none, or none is left after blessing."""
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    if actual == expected:
        return []
    if bless:
        path.write_text(actual, encoding="utf-8")
        print(f"wrote {path.name}")
        return []
    return list(difflib.unified_diff(expected.splitlines(), actual.splitlines(), path.name,
                                     "what the compiler makes", lineterm="", n=6))


def check(engine, folder, names, bless, suffixes):
    """Returns the number of texts that differ."""
    wats = sorted(folder.glob("*.wat"))
    if names:
        wats = [wat for wat in wats if wat.stem in names]
    texts = faults = 0
    for wat in wats:
        for suffix in suffixes:
            path = wat.with_suffix(suffix)
            if suffix != ".asm" and not path.exists():
                continue
            texts += 1
            actual, error = inspect(engine, wat, suffix)
            lines = [error] if error else compare(path, actual, bless)
            if lines:
                faults += 1
                print(f"{path.name}:", *lines, sep="\n  ")
    stale = [] if names else sorted(path for suffix in WHAT for path in folder.glob(f"*{suffix}")
                                    if not path.with_suffix(".wat").exists())
    for path in stale:
        print(f"{path.name} belongs to no function")
        if bless:
            path.unlink()
    print(f"{len(wats)} functions, {texts} texts, {faults} differ")
    return faults + (0 if bless else len(stale)) + (1 if not wats else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--engine", required=True, type=pathlib.Path)
    parser.add_argument("--bless", action="store_true", help="write what the compiler makes now")
    parser.add_argument("--no-ir", action="store_true",
                        help="leave the optimizing tier's texts out (for builds without LLVM)")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    if "avx" not in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").split():
        print("skipped: this processor has no AVX, for which the code is made")
        return
    suffixes = [".asm"] if options.no_ir else list(WHAT)
    if check(options.engine.resolve(), HERE, options.names, options.bless, suffixes):
        sys.exit("if the difference is meant: ./dev bless")


if __name__ == "__main__":
    main()

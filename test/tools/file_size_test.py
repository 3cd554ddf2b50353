#!/usr/bin/env python3
"""Checks that no source file is longer than 800 lines, so that each stays about one thing.

Usage: file_size_test.py [TOP]   checks the tree beneath TOP (default: this repository)
       file_size_test.py --self-test
"""

import pathlib
import sys
import tempfile

LONGEST = 800
FOLDERS = ("runtime", "profiler", "tiers", "engine", "wasi", "bench", "test")
SUFFIXES = (".h", ".cc", ".c", ".def", ".inc", ".py", ".cmake")
# Tables with one row an opcode are as long as WebAssembly is.
TABLES = ("tiers/decode/opcodes.def",)


def check(top):
    """Yields one line for each source file beneath `top` that is too long."""
    for folder in FOLDERS:
        for file in sorted((top / folder).rglob("*")):
            name = file.relative_to(top).as_posix()
            if file.suffix not in SUFFIXES or name in TABLES or not file.is_file():
                continue
            lines = file.read_bytes().count(b"\n")
            if lines > LONGEST:
                yield f"{name}: {lines} lines, more than {LONGEST}: split it"


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        (top / "runtime").mkdir()
        (top / "runtime" / "long.cc").write_text("\n" * (LONGEST + 1))
        (top / "runtime" / "short.cc").write_text("\n" * LONGEST)
        found = [line.split(":")[0] for line in check(top)]
    if found != ["runtime/long.cc"]:
        print(f"the check must complain about runtime/long.cc only, but did about {found}")
        return 1
    return 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    default = pathlib.Path(__file__).resolve().parents[2]
    complaints = list(check(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default))
    print("\n".join(complaints) or f"no source file is longer than {LONGEST} lines")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

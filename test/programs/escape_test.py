#!/usr/bin/env python3
"""Runs escape.wasm in a directory full of ways out: nothing outside may be reached or changed.

An engine that lets the program out would change real files, so all that the program names lies in
this test's temporary folder, under names of its own, and the engine is started there.

usage: escape_test.py --engine wasm-tier --build DIR
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import program_table  # noqa: E402

SECRET = "nobody inside may read or change this\n"


def prepare(outside):
    """Makes wt-secret, wt-empty/ and inside/ with the links that escape.c names."""
    (outside / "wt-secret").write_text(SECRET, encoding="utf-8")
    (outside / "wt-empty").mkdir()
    inside = outside / "inside"
    (inside / "folder").mkdir(parents=True)
    (inside / "own").write_text("own\n", encoding="utf-8")
    links = {
        "link-absolute": outside / "wt-secret",
        "link-relative": "../wt-secret",
        "link-up": "..",
        "link-to-link": "link-relative",
        "link-own": "own",
        "folder/link-up": "../..",
    }
    for name, target in links.items():
        os.symlink(target, inside / name)
    return inside


def outside_state(outside):
    """Everything outside that could change: names, contents and times."""
    state = {}
    for path in sorted(outside.iterdir()):
        status = path.lstat()
        contents = path.read_text(encoding="utf-8") if path.is_file() else sorted(
            os.listdir(path)) if path.name != "inside" else None
        times = (status.st_mtime_ns, status.st_nlink) if path.name != "inside" else None
        state[path.name] = (status.st_ino, times, contents)
    return state


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--engine", required=True)
    parser.add_argument("--build", required=True)
    options = parser.parse_args()
    wasm = pathlib.Path(options.build) / "traps" / "wasm" / "escape.wasm"
    if not wasm.exists():
        sys.exit(f"not built: {wasm}; build the target `programs`")
    faults = 0
    tiers = program_table.installed(options.engine, program_table.TIERS)
    for tier in tiers:
        with tempfile.TemporaryDirectory(prefix="wasm-tier-") as folder:
            outside = pathlib.Path(folder)
            inside = prepare(outside)
            before = outside_state(outside)
            done = subprocess.run(
                [os.path.abspath(options.engine), "run", "--tier", tier, "--dir",
                 f"{inside}::{program_table.GUEST_DIRECTORY}", str(wasm.resolve()), str(outside)],
                cwd=inside, capture_output=True, text=True, timeout=60, check=False)
            if done.returncode != 0 or "inside usable" not in done.stdout:
                print(f"{tier}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
                faults += 1
            if outside_state(outside) != before:
                print(f"{tier}: changed outside: {before} became {outside_state(outside)}")
                faults += 1
            if (inside / "stolen").exists():
                print(f"{tier}: a file from outside was brought in")
                faults += 1
    if faults:
        sys.exit(1)
    print(f"no way out in {', '.join(tiers)}")


if __name__ == "__main__":
    main()

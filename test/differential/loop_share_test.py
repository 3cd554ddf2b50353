#!/usr/bin/env python3
"""The loops of loop_nests.py must be of the kind that the optimizing tier guards and vectorizes: else
comparing them proves little.

usage: loop_share_test.py ENGINE
"""

import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import loop_nests  # noqa: E402

SEEDS = range(12)
FEATURES = ["--enable-memory64", "--enable-multi-memory"]
# Of all loops, in percent. Strange counters, conditions, calls and other memories are on purpose.
VERSIONED = 45
VECTORIZED = 12


def loops_of(engine, path):
    module = json.loads(subprocess.run([engine, "inspect", "--json", path], capture_output=True, check=True).stdout)
    for function in module["functions"]:
        if function["type"].count("i64") < 2 or function.get("name", "").startswith("t"):
            continue  # not of loop_nests.Nest
        done = subprocess.run([engine, "inspect", "--json", "--vectorization", str(function["index"]), path],
                              capture_output=True, check=True)
        yield from json.loads(done.stdout)["loops"]


def main():
    engine = sys.argv[1]
    loops = []
    with tempfile.TemporaryDirectory(prefix="wasm-tier-") as name:
        for seed in SEEDS:
            text = pathlib.Path(name) / "nest.wat"
            text.write_text(loop_nests.module(seed))
            path = str(text.with_suffix(".wasm"))
            subprocess.run(["wat2wasm", *FEATURES, str(text), "-o", path], check=True)
            loops += loops_of(engine, path)
    inner = [loop for loop in loops if loop["innermost"]]
    shares = {"versioned": 100 * sum(loop["versioned"] for loop in inner) // len(inner),
              "vectorized": 100 * sum(loop["vector_width"] > 1 for loop in inner) // len(inner)}
    print(f"{len(loops)} loops, {len(inner)} of them innermost: {shares['versioned']} % versioned, "
          f"{shares['vectorized']} % vectorized")
    if shares["versioned"] < VERSIONED or shares["vectorized"] < VECTORIZED:
        sys.exit(f"expected at least {VERSIONED} % and {VECTORIZED} %")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compares the tiers on generated modules: of wasm-opt's fuzzer (-ttf), of our own generator, and
loops over arrays (loop_nests.py, and every fourth of array_loops.py).

usage: run.py --runner build/bin/differential [--ttf N] [--own N] [--loops N] [--first-seed S] [--keep DIR]

Modules that differ, crash or hang are kept in DIR, with what was found printed: seed, mode, function
and both outcomes. The same seeds make the same modules. Runs may go on side by side: everything else
is in temporary folders.
"""

import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import array_loops
import loop_nests

FEATURES = ["--mvp-features", "--enable-bulk-memory", "--enable-multivalue", "--enable-sign-ext",
            "--enable-nontrapping-float-to-int", "--enable-tail-call", "--enable-mutable-globals"]
# What may make a NaN of its own.
VECTORS_OF_FLOATS = re.compile(
    r"\b(f32x4|f64x2)\.(min|max|pmin|pmax|add|sub|mul|div|sqrt|ceil|floor|trunc|nearest|promote|demote)")
# Sizes of the random input, from which wasm-opt's module size follows.
SIZES = (200, 1000, 3000, 8000, 20000)
BATCH = 50
# In these modes loops over arrays are compared with the interpreter.
LOOP_MODES = ["optimizing", "optimizing_precise", "auto_optimizing", "stress_optimizing"]


def unsigned(value):
    """LEB128."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_unsigned(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def export_globals(module):
    """Exports every global as "wasm-tier.N": what a module leaves in them is to be compared too."""
    sections, at = [], 8
    count = 0
    while at < len(module):
        number = module[at]
        size, start = read_unsigned(module, at + 1)
        contents = module[start:start + size]
        if number == 6:
            count = read_unsigned(contents, 0)[0]
        sections.append((number, contents))
        at = start + size
    out = bytearray(module[:8])
    for number, contents in sections:
        if number == 7:
            exports, rest = read_unsigned(contents, 0)
            contents = unsigned(exports + count) + contents[rest:]
            for i in range(count):
                name = f"wasm-tier.{i}".encode()
                contents += unsigned(len(name)) + name + b"\x03" + unsigned(i)
        out += bytes([number]) + unsigned(len(contents)) + contents
    return bytes(out)


def make_module(wasm_opt, seed, folder):
    """A module of wasm-opt's fuzzer; the path, or an error. NaNs are replaced by 0 as they arise
    (--denan), since wasm leaves their bits open; but not in vectors, so that modules that compute with
    floats in vectors are made again without any (our own generator takes care of them itself)."""
    path, error = make_module_with(wasm_opt, seed, folder, [*FEATURES, "--enable-simd"])
    if error is None:
        text = subprocess.run([wasm_opt, *FEATURES, "--enable-simd", "-S", "-o", "-", str(path)],
                              capture_output=True, text=True, timeout=120, check=True).stdout
        if VECTORS_OF_FLOATS.search(text):
            return make_module_with(wasm_opt, seed, folder, FEATURES)
    return path, error


def make_module_with(wasm_opt, seed, folder, features):
    source = random.Random(seed)
    input_path = folder / f"{seed}.input"
    input_path.write_bytes(source.randbytes(source.choice(SIZES)))
    path = folder / f"ttf-{seed}.wasm"
    options = list(features)
    if seed % 4 == 0:
        options.append("--no-fuzz-oob")  # fewer traps: more of the code runs
    if seed % 3 == 0:
        options.append("-O2")  # as compilers leave code: fewer locals, more on the stack
    done = subprocess.run([wasm_opt, str(input_path), "-ttf", *options, "--denan", "-o", str(path)],
                          capture_output=True, text=True, timeout=120, check=False)
    input_path.unlink()
    if done.returncode != 0:
        return None, f"wasm-opt failed on seed {seed}: {done.stderr.strip()}"
    path.write_bytes(export_globals(path.read_bytes()))
    return path, None


class Runner:
    """Starts the runner on batches; collects what it found."""

    def __init__(self, options):
        self.options = options
        self.found = []
        self.summaries = []

    def run(self, arguments, folder, modes=()):
        """Returns (exit status, progress lines): 0 equal, 1 different, else a crash or hang."""
        progress = folder / "progress"
        command = [str(self.options.runner), *arguments, "--progress", str(progress),
                   "--keep", str(self.options.keep), "--seconds", str(self.options.seconds)]
        for mode in self.options.mode or modes:
            command += ["--mode", mode]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace",
                              timeout=3600, check=False)
        lines = done.stdout.splitlines()
        if done.returncode in (0, 1) and lines:
            self.summaries.append(lines.pop())
        self.found += lines
        if done.stderr.strip():
            self.found.append(done.stderr.strip()[-3000:])
        state = progress.read_text(errors="replace").splitlines() if progress.exists() else []
        return done.returncode, (state + ["?"] * 3)[:3]

    def describe(self, status, state, kept):
        how = f"exit status {status}"
        if status < 0:
            how = "HANGS" if -status == signal.SIGALRM else f"CRASHES with {signal.Signals(-status).name}"
        # Our own generator bounds what its modules do.
        if how == "HANGS" and state[1] == "interpreter" and not state[0].startswith("seed "):
            self.summaries.append(f"left out, too slow in the interpreter: {state[0]}")
            return
        self.found.append(f"{how}: {state[0]} ({kept}), mode {state[1]}, {state[2]}")

    def keep(self, path):
        self.options.keep.mkdir(parents=True, exist_ok=True)
        return shutil.copy(path, self.options.keep)

    def run_files(self, paths, folder, modes=()):
        """A batch; a crash ends the runner, so the rest is run again."""
        while paths:
            batch = folder / "list"
            batch.write_text("".join(f"{path}\n" for path in paths))
            before = len(self.found)
            status, state = self.run(["--list", str(batch)], folder, modes)
            for i in range(before, len(self.found)):
                for path in paths:
                    if str(path) in self.found[i]:
                        self.found[i] = self.found[i].replace(str(path), str(self.keep(path)))
            if status in (0, 1):
                return
            crashed = pathlib.Path(state[0])
            if crashed not in paths:
                self.describe(status, state, "not kept")
                return
            self.describe(status, state, self.keep(crashed))
            paths = paths[paths.index(crashed) + 1:]

    def run_seeds(self, first, count, folder):
        end = first + count
        while first < end:
            status, state = self.run(["--seeds", str(first), str(end - first)], folder)
            if status in (0, 1):
                return
            if not state[0].startswith("seed "):
                self.describe(status, state, "not kept")
                return
            seed = int(state[0].split()[1])
            done = subprocess.run([str(self.options.runner), "--write", str(seed),
                                   str(self.options.keep)], capture_output=True, text=True, check=False)
            self.describe(status, state, done.stdout.strip())
            first = seed + 1


def compare_ttf(runner, options, folder):
    wasm_opt = options.wasm_opt
    if not wasm_opt or not shutil.which(wasm_opt):
        sys.exit("wasm-opt is missing: install Debian's binaryen, or give --ttf 0")
    seeds = range(options.first_seed, options.first_seed + options.ttf)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for start in range(0, len(seeds), BATCH):
            batch = seeds[start:start + BATCH]
            made = list(pool.map(lambda seed: make_module(wasm_opt, seed, folder), batch))
            runner.found += [error for _, error in made if error]
            runner.run_files([path for path, _ in made if path], folder)
            for path, _ in made:
                if path:
                    path.unlink()


def make_loops(wat2wasm, seed, folder):
    text = folder / f"loops-{seed}.wat"
    generator = array_loops if seed % 4 == 3 else loop_nests
    text.write_text(generator.module(seed))
    path = text.with_suffix(".wasm")
    subprocess.run([wat2wasm, "--enable-memory64", "--enable-multi-memory", str(text), "-o", str(path)],
                   check=True)
    return path


def compare_loops(runner, options, folder):
    wat2wasm = shutil.which("wat2wasm")
    if not wat2wasm:
        sys.exit("wat2wasm is missing: install Debian's wabt, or give --loops 0")
    seeds = range(options.first_seed, options.first_seed + options.loops)
    for start in range(0, len(seeds), BATCH):
        batch = seeds[start:start + BATCH]
        runner.run_files([make_loops(wat2wasm, seed, folder) for seed in batch], folder, LOOP_MODES)


def parse_options(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--runner", required=True, type=pathlib.Path)
    parser.add_argument("--ttf", type=int, default=100, help="modules of wasm-opt (%(default)s)")
    parser.add_argument("--own", type=int, default=200,
                        help="modules of our generator (%(default)s)")
    parser.add_argument("--loops", type=int, default=0,
                        help="modules of loops over arrays (%(default)s)")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--keep", type=pathlib.Path,
                        default=pathlib.Path(tempfile.gettempdir()) / "wasm-tier-differential",
                        help="where modules that differ are kept (%(default)s)")
    parser.add_argument("--mode", action="append", default=[],
                        help="compare only this mode with the interpreter (repeatable; else all, "
                        f"and loops in {', '.join(LOOP_MODES)})")
    parser.add_argument("--seconds", type=int, default=60, help="for one module (%(default)s)")
    parser.add_argument("--wasm-opt", default=shutil.which("wasm-opt"))
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse_options(arguments)
    options.runner = options.runner.resolve()
    runner = Runner(options)
    with tempfile.TemporaryDirectory(prefix="wasm-tier-") as name:
        folder = pathlib.Path(name)
        if options.ttf:
            compare_ttf(runner, options, folder)
        if options.own:
            runner.run_seeds(options.first_seed, options.own, folder)
        if options.loops:
            compare_loops(runner, options, folder)
    for line in runner.found:
        print(line)
    for line in runner.summaries:
        print(line)
    if runner.found:
        sys.exit("the tiers differ; to make a case of seeds smaller: "
                 f"{options.runner} --shrink FILE.bytes --keep DIR")


if __name__ == "__main__":
    main()

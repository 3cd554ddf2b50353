"""Peak of a program: what bench/run --peak measures, by `wasm-tier bench`."""

import json
import pathlib
import shlex
import subprocess
import tempfile

import program_table


def command(engines, program, build, rounds, args, directory):
    """`wasm-tier bench` for these tiers and the native twin; figures go to directory/figures."""
    argv = [engines[0].binary, "bench", "--in-process", "--quiet",
            "--tiers", ",".join(engine.name for engine in engines),
            "--native", str(program.native(build)), "--runs", str(rounds),
            "--json", str(directory / "figures")]
    if program.directory:
        # Under its own name: the twin gets the same arguments.
        (directory / "work").mkdir()
        argv += ["--dir", str(directory / "work")]
    if program.stdin_file is not None:
        argv += ["--stdin", str(program_table.TABLE.parent / program.stdin_file)]
    for key, value in program.env.items():
        argv += ["--env", f"{key}={value}"]
    args = [arg.replace("{directory}", str(directory / "work")) for arg in args]
    if args:
        argv.append("--args=" + shlex.join(args))
    return argv + [str(program.wasm(build))]


def figures_of(own):
    """The figures of one program in the file, as bench/run has them."""
    if "in_process" not in own:
        return {name: own["process"][name] for name in ("cpu", "wall")}
    figures = dict(own["in_process"])
    ratios = figures.pop("ratios")["native"]
    del figures["curve"]
    return {**figures, "ratio": ratios["cpu"], "wall_ratio": ratios["wall"]}


def measure(engines, program, build, rounds, args):
    """Returns ({engine name: figures} as bench/run has them, sentences on what went wrong).

    A wrong result in any run of any tier: then nothing is measured.
    """
    with tempfile.TemporaryDirectory(prefix="wasm-tier-") as folder:
        directory = pathlib.Path(folder)
        argv = command(engines, program, build, rounds, args, directory)
        done = subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              check=False)
        if done.returncode != 0:
            return {}, [done.stderr.strip() or f"exit code {done.returncode}"]
        report = json.loads((directory / "figures").read_text(encoding="utf-8"))
        return {name: figures_of(own) for name, own in report["files"][0]["programs"].items()}, []

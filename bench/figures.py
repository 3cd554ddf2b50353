"""Figures of repeated runs, and the file that bench/run keeps them in and bench/compare reads.

The file is JSON:
  version   VERSION; another one is not read
  machine   processor, processors, system, load, time; engine: what wasm-tier --version says
  rounds    how often each program ran
  suites    by name ("cold", "short", "long"; with ", warm" when measured in one process), each with groups
            ("programs", "arrays" ...), which have `arguments` and `results` by program, `geometric_mean`,
            `geometric_mean_to_march_native` and `total` by engine; and `vector_gains`
  hello     by engine: wall_ms, cpu_ms, peak_kilobytes of a program that prints a line
  micro     by name of the micro benchmark: unit, and the time of each repetition
A result has for each engine cpu and wall (seconds), ratio (CPU time by the native twin's in the same round),
wall_ratio, march_native_ratio and peak_kilobytes; each is a summary: median, min, max and where they come
from, `runs`.
"""

import datetime
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess

VERSION = 1


def summary(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values),
            "runs": list(values)}


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def _processor_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return "unknown"


def describe_machine(binary):
    """`binary` is the wasm-tier that is measured, or None."""
    engine = ""
    if binary is not None:
        engine = subprocess.run([str(binary), "--version"], capture_output=True, text=True,
                                check=True).stdout.strip()
    return {"processor": _processor_name(), "processors": os.cpu_count(),
            "system": f"{platform.system()} {platform.release()}", "load": os.getloadavg()[0],
            "time": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "engine": engine}


def save(report, path):
    pathlib.Path(path).write_text(json.dumps({"version": VERSION, **report}, indent=1) + "\n", encoding="utf-8")


def load(path):
    """The report in a file. Raises ValueError with a sentence that says what is wrong with it."""
    try:
        report = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"{path}: no JSON: {error}") from error
    if not isinstance(report, dict) or not isinstance(report.get("suites"), dict):
        raise ValueError(f"{path}: no figures of bench/run: it has no suites")
    if report.get("version") != VERSION:
        raise ValueError(f"{path}: version {report.get('version')}, not {VERSION}: measure again with bench/run")
    return report

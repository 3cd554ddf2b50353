#!/usr/bin/env python3
"""Writes startup_order.txt: the functions that a short run of the command enters, in that order.

Usage: startup_order.py build/release/bin/wasm-tier ARGUMENT...
   as: startup_order.py build/release/bin/wasm-tier run build/release/programs/wasm/hello.wasm

The linker puts these functions side by side (engine/cli/CMakeLists.txt), so that a short run maps a
few pages of code and not all of them (docs/decisions/linkage.md). Names that no longer exist are
ignored by the linker; run this again when start-up grows.

A breakpoint is set at every function; each is removed when it is hit.
"""

import ctypes
import os
import pathlib
import re
import signal
import subprocess
import sys

PTRACE_TRACEME, PTRACE_PEEKUSER, PTRACE_POKEUSER, PTRACE_CONT = 0, 3, 6, 7
RIP = 16 * 8  # offset in struct user
BREAKPOINT = b"\xcc"

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def functions(command):
    """Names by link-time address."""
    table = subprocess.run(["readelf", "-sW", command], capture_output=True, text=True, check=True)
    pattern = r"^\s*\d+: ([0-9a-f]+)\s+\d+ FUNC\s+\w+\s+\w+\s+\d+ (\S+)$"
    found = {}
    for address, name in re.findall(pattern, table.stdout, re.M):
        found.setdefault(int(address, 16), name)
    return found


def start(arguments):
    child = os.fork()
    if child == 0:
        libc.ptrace(PTRACE_TRACEME, 0, None, None)
        os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
        os.execv(arguments[0], arguments)
    os.waitpid(child, 0)
    return child


def trace(arguments):
    """Yields the names of the functions that the command enters, in the order of first entry."""
    names = functions(arguments[0])
    child = start(arguments)
    base = int(pathlib.Path(f"/proc/{child}/maps").read_text().split("-")[0], 16)
    with open(f"/proc/{child}/mem", "r+b", buffering=0) as memory:
        original = {}
        for address in names:
            memory.seek(base + address)
            original[address] = memory.read(1)
            memory.seek(base + address)
            memory.write(BREAKPOINT)
        pending = 0
        while True:
            libc.ptrace(PTRACE_CONT, child, None, pending)
            _, status = os.waitpid(child, 0)
            if not os.WIFSTOPPED(status):
                return
            address = libc.ptrace(PTRACE_PEEKUSER, child, RIP, None) - 1 - base
            pending = os.WSTOPSIG(status)
            if pending == signal.SIGTRAP and address in original:
                pending = 0
                memory.seek(base + address)
                memory.write(original.pop(address))
                libc.ptrace(PTRACE_POKEUSER, child, RIP, base + address)
                yield names[address]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    order = list(trace(sys.argv[1:]))
    path = pathlib.Path(__file__).resolve().with_name("startup_order.txt")
    path.write_text("\n".join(order) + "\n")
    print(f"{path}: {len(order)} functions")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Checks that every folder includes only headers of its own or of lower floors (design §1).

Usage: floors_test.py [TOP]   checks the tree beneath TOP (default: this repository)
       floors_test.py --self-test
"""

import pathlib
import re
import sys
import tempfile

# The first prefix that matches a path decides its floor.
FLOORS = [
    ("runtime/", 0),
    ("profiler/", 1),
    ("tiers/", 2),
    ("engine/cli/", 5),
    ("engine/examples/", 5),
    ("engine/", 3),
    ("wasi/", 4),
    ("bench/", 5),
    ("test/", 5),
]
# The tiers never include each other, and what they share includes none of them.
TIERS = ("interpreter", "baseline", "optimizing")
# Programs, and host modules, use only the public API and what they share with the programs.
PUBLIC_API_ONLY = {
    "engine/cli/": ("engine/cli/", "wasi/", "wasmtier/"),
    "engine/examples/": ("engine/examples/", "wasi/", "wasmtier/"),
    "wasi/": ("wasi/", "wasmtier/"),
}
# Programs compiled to WebAssembly include nothing of ours.
GUEST_SOURCES = "bench/programs/"
PUBLIC_HEADERS = "engine/include/"
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')


def floor_of(path):
    for prefix, floor in FLOORS:
        if path.startswith(prefix):
            return floor
    return None


def tier_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "tiers" and parts[1] in TIERS else None


def complaint(source, included, header):
    """Why `source` may not include `header`, a path from the top, or None."""
    if floor_of(header) is None:
        return None
    if floor_of(header) > floor_of(source):
        return f"floor {floor_of(source)} includes floor {floor_of(header)}"
    if tier_of(header) and source.startswith("tiers/") and tier_of(header) != tier_of(source):
        return f"{source.split('/')[1]} includes the tier {tier_of(header)}"
    for folder, allowed in PUBLIC_API_ONLY.items():
        if source.startswith(folder) and not included.startswith(allowed):
            return f"{folder} uses only the public API"
    return None


def check(top):
    """Yields one line for each forbidden or unresolved include beneath `top`."""
    files = [f for f in top.rglob("*") if f.suffix in (".h", ".cc", ".def", ".inc")]
    for file in sorted(files):
        source = file.relative_to(top).as_posix()
        if floor_of(source) is None or source.startswith(GUEST_SOURCES):
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            included = match.group(1)
            header = included
            if not (top / header).is_file() and (top / PUBLIC_HEADERS / included).is_file():
                header = PUBLIC_HEADERS + included
            reason = complaint(source, included, header)
            if (file.parent / included).is_file() and not (top / header).is_file():
                reason = "includes are written from the top of the tree"
            if reason:
                yield f"{source}:{number}: {reason}: {included}"


def self_test():
    """Every rule must be able to fail, and lawful includes must pass."""
    lawful = {
        "runtime/store.h": "",
        "tiers/decode/opcode.h": '#include "runtime/store.h"\n#include "absl/status/status.h"\n',
        "tiers/interpreter/dispatch.h": '#include "tiers/decode/opcode.h"\n',
        "engine/include/wasmtier/store.h": "",
        "engine/api/store.cc": '#include "wasmtier/store.h"\n#include "runtime/store.h"\n',
        "wasi/plugin.cc": '#include "wasmtier/store.h"\n',
        "engine/cli/main.cc": '#include "wasi/plugin.h"\n#include "wasmtier/store.h"\n',
    }
    unlawful = {
        "runtime/up.cc": '#include "tiers/decode/opcode.h"\n',
        "runtime/public.cc": '#include "wasmtier/store.h"\n',
        "profiler/up.cc": '#include "tiers/decode/opcode.h"\n',
        "tiers/baseline/across.cc": '  #  include "tiers/interpreter/dispatch.h"\n',
        "tiers/decode/tier.cc": '#include "tiers/interpreter/dispatch.h"\n',
        "engine/api/up.cc": '#include "wasi/plugin.h"\n',
        "wasi/internal.cc": '#include "runtime/store.h"\n',
        "engine/cli/internal.cc": '#include "runtime/store.h"\n',
        "tiers/decode/relative.cc": '#include "opcode.h"\n',
    }
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        for path, text in {**lawful, **unlawful}.items():
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            (top / path).write_text(text)
        found = sorted(line.split(":")[0] for line in check(top))
    if found != sorted(unlawful):
        print(f"the check must complain about {sorted(unlawful)},\nbut did about {found}")
        return 1
    return 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    default = pathlib.Path(__file__).resolve().parents[2]
    complaints = list(check(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default))
    print("\n".join(complaints) or "every folder includes only its own and lower floors")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

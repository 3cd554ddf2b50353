"""LLVM's text of intermediate code with only what wasm-tier decides.

The numbers of metadata and attributes, names of processors and features, and what newer versions of
LLVM write about functions besides, are left out, so that the text is the same wherever the code is.
An instruction ends with its wasm instruction's distance from the function's start, and with the kinds
of memory that it may touch if that is known.
"""

import re

METADATA = re.compile(r"^!(\d+) = (?:distinct )?(.*)$", re.MULTILINE)
# Added by LLVM for what it knows itself.
PARAMETER_ATTRIBUTES = re.compile(r"\b(noundef|nonnull|dereferenceable\(\d+\)|nest) ")
# The address of an entry slot, which differs from run to run.
ADDRESS = re.compile(r"inttoptr \(i64 \d+ to ptr\)")


class Metadata:
    """The numbered nodes behind the code."""

    def __init__(self, text):
        self.nodes = {int(number): node for number, node in METADATA.findall(text)}

    def line(self, number):
        found = re.search(r"\bline: (\d+)", self.nodes.get(number, ""))
        return int(found.group(1)) if found else 0

    def scopes(self, number):
        """The names in a list of alias scopes."""
        members = re.findall(r"!(\d+)", self.nodes.get(number, ""))
        names = [re.match(r'!\{!"(\w+)"', self.nodes.get(int(member), "")) for member in members]
        return " ".join(name.group(1) for name in names if name)

    def weights(self, number):
        return " ".join(re.findall(r"i32 (\d+)", self.nodes.get(number, "")))


def instruction(line, metadata, start):
    """One instruction, or the head of a function."""
    notes = []
    for kind, number in re.findall(r", !([\w.]+) !(\d+)", line):
        if kind == "dbg":
            notes.append(f"+{metadata.line(int(number)) - start}")
        elif kind == "alias.scope":
            notes.append(metadata.scopes(int(number)))
        elif kind == "prof":
            notes.append(f"weights {metadata.weights(int(number))}")
        elif kind == "invariant.load":
            notes.append("invariant")
        elif kind == "noalias" and "@wasmtier.anchor(" in line:
            notes.append("apart from " + metadata.scopes(int(number)))
    line = re.sub(r",? ![\w.]+ !\d+", "", line)
    line = re.sub(r" #\d+", "", line)
    line = PARAMETER_ATTRIBUTES.sub("", line)
    line = ADDRESS.sub("ADDRESS", line)
    line = re.sub(r"\s*; preds = .*", "", line)
    return f"{line:<76} ; {', '.join(notes)}" if notes else line.rstrip()


def normalized(text):
    """The functions that `text`, a module as LLVM prints it, defines."""
    metadata = Metadata(text)
    out, start = [], None
    for line in text.splitlines():
        if line.startswith("define "):
            subprogram = re.search(r"!dbg !(\d+)", line)
            start = metadata.line(int(subprogram.group(1))) if subprogram else 0
            line = re.sub(r" !dbg !\d+", "", line)
        if start is not None and line:
            out.append(instruction(line, metadata, start))
        if line == "}":
            out.append("")
            start = None
    return "\n".join(out)

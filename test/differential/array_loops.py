"""Modules of loops over arrays, as text, for run.py (--loops): where LLVM vectorizes, versions and moves
accesses, and traps may get lost.

Each seed makes a few loops (by counts, pointers or both, up and down, unrolled, nested, with several
exits, with growth and calls in them) and functions that call them where it matters: at the ends of the
memory, near 2^32, with arrays that overlap, with no and one iteration.
"""

import random

PAGE = 65536
LOADS = {  # instruction: (bytes, type)
    "i32.load8_u": (1, "i32"), "i32.load8_s": (1, "i32"), "i32.load16_u": (2, "i32"),
    "i32.load16_s": (2, "i32"), "i32.load": (4, "i32"), "i64.load": (8, "i64"),
    "i64.load32_u": (4, "i64"), "i64.load8_s": (1, "i64"), "f32.load": (4, "f32"),
    "f64.load": (8, "f64"),
}
STORES = {
    "i32.store8": (1, "i32"), "i32.store16": (2, "i32"), "i32.store": (4, "i32"),
    "i64.store": (8, "i64"), "i64.store32": (4, "i64"), "f32.store": (4, "f32"),
    "f64.store": (8, "f64"),
}
# To i64 and from it, so that everything can be mixed with everything; NaNs become 0.
TO_I64 = {
    "i32": "(i64.extend_i32_s {})", "i64": "{}",
    "f32": "(i64.trunc_sat_f32_s {})", "f64": "(i64.trunc_sat_f64_s {})",
}
FROM_I64 = {
    "i32": "(i32.wrap_i64 {})", "i64": "{}",
    "f32": "(f32.convert_i64_s {})", "f64": "(f64.convert_i64_s {})",
}
OPERATIONS = ("add", "sub", "mul", "xor", "or", "and")


class Loop:
    """A function $fN (param $a $b $c i32) (param $n i32) (param $s i32) (result i64)."""

    def __init__(self, choose, name):
        self.choose = choose
        self.name = name
        self.has_moving_access = False

    def access_size(self):
        return self.choose.choice((1, 2, 4, 4, 4, 8))

    def address(self, base, shift):
        """Of the element i of an array."""
        choose = self.choose
        index = "(local.get $i)"
        kind = choose.randrange(10)
        if kind == 0:
            index = f"(i32.add (local.get $i) (i32.const {choose.randint(-3, 9)}))"
        elif kind == 1:
            index = f"(i32.or (local.get $i) (i32.const {choose.randint(1, 3)}))"
        elif kind == 2:
            index = "(i32.mul (local.get $i) (local.get $s))"
        elif kind == 3:
            index = "(i32.sub (local.get $n) (local.get $i))"
        elif kind == 4 and self.nested:
            index = "(i32.add (i32.mul (local.get $r) (local.get $n)) (local.get $i))"
        if shift:
            index = choose.choice((f"(i32.shl {index} (i32.const {shift}))",
                                   f"(i32.mul {index} (i32.const {1 << shift}))"))
        pair = [f"(local.get {base})", index]
        choose.shuffle(pair)
        return f"(i32.add {pair[0]} {pair[1]})"

    def pointer_or_address(self, size):
        choose = self.choose
        if choose.random() < 0.35:
            return f"(local.get {choose.choice(('$p', '$q'))})"
        shift = size.bit_length() - 1 if choose.random() < 0.85 else choose.randrange(5)
        return self.address(choose.choice(("$a", "$b", "$c")), shift)

    def offset(self):
        choose = self.choose
        kind = choose.randrange(12)
        if kind < 7:
            return ""
        if kind < 11:
            return f"offset={choose.choice((1, 4, 8, 12, 16, 100))} "
        return f"offset={choose.choice((PAGE - 8, PAGE, 2 * PAGE, 0xfffffff0))} "

    def load(self):
        name = self.choose.choice(list(LOADS))
        size, type_ = LOADS[name]
        value = f"({name} {self.offset()}{self.pointer_or_address(size)})"
        return TO_I64[type_].format(value)

    def value(self, depth=0):
        choose = self.choose
        kind = choose.randrange(8)
        if kind < 4 or depth > 2:
            return self.load()
        if kind == 4:
            return f"(i64.const {choose.choice((0, 1, -1, 3, 255, 1 << 40))})"
        if kind == 5:
            return "(i64.extend_i32_u (local.get $i))"
        operation = choose.choice(OPERATIONS)
        return f"(i64.{operation} {self.value(depth + 1)} {self.value(depth + 1)})"

    def store(self):
        name = self.choose.choice(list(STORES))
        size, type_ = STORES[name]
        return (f"({name} {self.offset()}{self.pointer_or_address(size)} "
                f"{FROM_I64[type_].format(self.value())})")

    def statement(self, depth=0):
        choose = self.choose
        kind = choose.randrange(20)
        if kind < 8:
            return self.store()
        if kind < 13:
            return (f"(local.set $sum (i64.{choose.choice(OPERATIONS)} (local.get $sum) "
                    f"{self.value()}))")
        if kind < 14:
            return f"(drop {self.load()})"
        if kind < 16 and depth == 0:
            return (f"(if (i64.eqz (i64.and {self.value(2)} (i64.const {choose.choice((1, 3, 7))})))"
                    f" (then {self.statement(1)}) (else {self.statement(1)}))")
        if kind == 16 and depth == 0:
            return f"(br_if $out (i64.eq {self.value(2)} (i64.const {choose.randint(-2, 2)})))"
        if kind == 17:
            return "(global.set $g (i32.add (global.get $g) (i32.const 1)))"
        if kind == 18 and choose.random() < 0.3:
            return "(local.set $sum (i64.add (local.get $sum) (call $leaf (local.get $i))))"
        if kind == 19 and choose.random() < 0.2:
            return ("(local.set $sum (i64.add (local.get $sum) "
                    "(i64.extend_i32_s (memory.grow (i32.eqz (i32.and (local.get $i) "
                    "(i32.const 31)))))))")
        return self.store()

    def step_pointers(self):
        return "\n".join(
            f"(local.set {pointer} (i32.add (local.get {pointer}) {step}))"
            for pointer, step in (("$p", self.p_step), ("$q", self.q_step)))

    def body(self):
        choose = self.choose
        statements = [self.statement() for _ in range(choose.choice((1, 1, 2, 3)))]
        self.factor = 1
        if choose.random() < 0.35:  # as a compiler unrolls
            self.factor = choose.choice((2, 4))
            step = self.step_pointers()
            bump = f"(local.set $i (i32.add (local.get $i) (i32.const {self.step})))"
            parts = []
            for _ in range(self.factor):
                parts += statements + [step, bump]
            return "\n".join(parts[:-1])
        return "\n".join(statements + [self.step_pointers()])

    def text(self):
        choose = self.choose
        self.nested = choose.random() < 0.3
        self.step = choose.choice((1, 1, 1, 1, 2, 3, 4, -1, -2))
        steps = ("(i32.const 1)", "(i32.const 4)", "(i32.const 8)", "(i32.const 2)",
                 "(i32.const -4)", "(local.get $s)", "(i32.const 12)")
        self.p_step = choose.choice(steps)
        self.q_step = choose.choice(steps)
        down = self.step < 0
        step = f"(local.tee $i (i32.add (local.get $i) (i32.const {self.step})))"
        body = self.body()
        # The loop always ends: $left counts down whatever happens.
        fuel = ("(br_if $out (i32.lt_s (local.tee $left (i32.sub (local.get $left) (i32.const 1)))"
                " (i32.const 0)))") if choose.random() < 0.4 else ""
        starts = ["(i32.const 0)", "(i32.const 0)", "(i32.const 1)"]
        conditions = ["i32.gt_s", "i32.ge_s"] if down else ["i32.lt_s", "i32.lt_u", "i32.le_s"]
        top_tested = choose.random() < 0.4
        if fuel:  # these may take 2^32 iterations
            starts.append("(local.get $s)")
            conditions.append("i32.gt_u" if down else "i32.le_u")
        start = "(local.get $n)" if down else choose.choice(starts)
        bound = "(i32.const 0)" if down else "(local.get $n)"
        is_counted = top_tested and start != "(i32.const 1)" and self.factor == 1
        if (fuel or is_counted) and abs(self.step) == 1 and choose.random() < 0.4:
            conditions = ["i32.ne"]
        compare = choose.choice(conditions)
        wide = choose.random() < 0.15
        if wide:
            compare = compare.replace("i32", "i64")
            bound = f"(i64.extend_i32_s {bound})"
            step = f"(i64.extend_i32_s {step})"
        if top_tested:
            index = "(i64.extend_i32_s (local.get $i))" if wide else "(local.get $i)"
            loop = (f"(loop $again (br_if $out (i32.eqz ({compare} {index} {bound})))\n"
                    f"{fuel}\n{body}\n"
                    f"(local.set $i (i32.add (local.get $i) (i32.const {self.step})))\n"
                    "(br $again))")
        else:
            loop = f"(loop $again {fuel}\n{body}\n(br_if $again ({compare} {step} {bound})))"
        loop = f"(block $out (local.set $i {start})\n{loop})"
        if self.nested:
            loop = (f"(local.set $r (i32.const {choose.choice((1, 2, 5))}))\n(loop $rows\n{loop}\n"
                    "(br_if $rows (local.tee $r (i32.sub (local.get $r) (i32.const 1)))))")
        self.is_bounded = bool(fuel)
        return f"""(func {self.name} (param $a i32) (param $b i32) (param $c i32) (param $n i32)
  (param $s i32) (result i64)
  (local $i i32) (local $p i32) (local $q i32) (local $r i32) (local $left i32) (local $sum i64)
  (local.set $p (local.get $a)) (local.set $q (local.get $b))
  (local.set $left (i32.const {choose.choice((100, 5000, 100000))}))
{loop}
  (i64.add (local.get $sum) (i64.extend_i32_u (local.get $i))))
"""


def addresses(choose, pages):
    end = pages * PAGE
    return choose.choice((
        0, 0, 8, 1000, 1024, 1028, 2000, choose.randrange(end), choose.randrange(0, end, 4),
        end - 4, end - choose.randrange(64), end - 4 * choose.randrange(1, 400),
        -choose.randrange(1, 40), -4, -PAGE, 0x7ffffff8, PAGE, end))


def module(seed):
    choose = random.Random(seed)
    pages = choose.choice((1, 1, 2, 3))
    loops = [Loop(choose, f"$f{i}") for i in range(choose.choice((1, 2, 3)))]
    parts = [loop.text() for loop in loops]
    number = 0
    for loop in loops:
        for _ in range(choose.choice((6, 10))):
            counts = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 100, 255, 1000, 4000]
            if loop.is_bounded:
                counts += [-1, -7, 0x7fffffff, -0x80000000, 70000, 20000]
            arguments = [addresses(choose, pages) for _ in range(3)]
            if choose.random() < 0.4:  # arrays that overlap
                arguments[1] = arguments[0] + choose.choice((-8, -4, -1, 0, 1, 2, 4, 8, 16, 64))
            arguments += [choose.choice(counts), choose.choice((0, 1, 1, 2, 4, -1, -4, 8, 3, 1000))]
            # `$s` may be where the loop starts: without fuel it should end soon.
            values = " ".join(f"(i32.const {value & 0xffffffff})" for value in arguments)
            parts.append(f"""(func (export "t{number}") (result i64)
  (call $fill) (call {loop.name} {values}))
""")
            number += 1
    text = "\n".join(parts)
    return f"""(module
(memory (export "memory") {pages} {pages + 2})
(global $g (export "g") (mut i32) (i32.const 0))
(func $leaf (param i32) (result i64)
  (i64.load8_u (i32.and (local.get 0) (i32.const 1023))))
(func $fill (local $i i32)
  (loop $again
    (i32.store (local.get $i) (i32.mul (i32.add (local.get $i) (i32.const 77)) (i32.const 0x9e3779b1)))
    (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4)))
      (i32.const {min(pages, 3) * PAGE})))))
{text})
"""

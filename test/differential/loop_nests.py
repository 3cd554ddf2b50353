#!/usr/bin/env python3
"""Modules of loop nests over arrays, as compilers leave them, as text, for run.py (--loops).

Most loops are of the kind that the optimizing tier guards and vectorizes (addresses that follow the
counters); what is hard for it is in how they are called: at the ends of the memory, around 2^32, with
arrays that overlap, no and one iteration, strides of all sizes. array_loops.py has loops of a looser kind.
"""

import random
import struct

import loop_values
from loop_values import ELEMENTS

PAGE = 65536
CALLS = 10  # exports of the one function that makes the next call on the list
ROUNDS = 4  # how often the runner calls each (transcript.cc)
BOTTOM_TESTED = {"up_s": "lt_s", "up_u": "lt_u", "le_s": "le_s", "le_u": "le_u", "ne": "ne",
                 "guarded_ne": "ne"}  # the comparison of each style
PARAMETERS = (("a", "i"), ("b", "i"), ("c", "i"), ("n", "i"), ("m", "i"), ("s", "i"), ("w", "i64"))


class Level:
    """A loop of the nest."""

    def __init__(self, choose, number, depth, nest):
        self.is_inner = number == depth - 1
        self.counter = "$" + "ijk"[number]
        self.outer = ["$" + "ijk"[i] for i in range(number)]
        self.bound = "(local.get $n)"
        self.start = f"({nest.t}.const 0)"
        self.step = 1
        if not self.is_inner:
            self.style = choose.choice(("up_s", "up_s", "top", "guarded_ne", "down_count"))
            self.bound = "(local.get $m)"
            return
        self.style = choose.choice((
            "up_s", "up_s", "up_u", "up_u", "guarded_ne", "guarded_ne", "ne", "top", "top", "top_eq",
            "down_count", "down_count", "down_ge", "wide", "wide_extended", "le_s", "le_u",
            "pointer", "pointer", "stepped", "eqz_twice", "peeled", "peeled"))
        if self.style == "peeled":
            self.start = choose.choice((self.start, f"({nest.t}.const 1)", "(local.get $m)",
                                        f"(local.get {(self.outer or ['$m'])[-1]})"))
        elif self.outer and choose.random() < 0.35:  # a triangle
            outer = f"(local.get {self.outer[-1]})"
            kind = choose.randrange(3)
            if kind == 0:
                self.bound = outer
            elif kind == 1:
                self.bound = f"({nest.t}.add {outer} ({nest.t}.const 1))"
            else:
                self.start = outer
            self.style = choose.choice(("up_s", "top", "up_u"))
        elif choose.random() < 0.08:
            self.bound = f"({nest.t}.const {choose.choice((1, 2, 4, 7, 8, 16, 33, 64))})"
        elif choose.random() < 0.12 and self.style in ("up_s", "up_u", "top", "ne", "le_u"):
            self.start = choose.choice((f"({nest.t}.const 1)", f"({nest.t}.const 16)",
                                        f"({nest.t}.const -4)", "(local.get $m)"))
        if self.style in ("up_s", "up_u", "top") and choose.random() < 0.2:
            self.step = choose.choice((2, 3, 4, 16, -1))


class Nest:
    """A function $fN of PARAMETERS with the result of type i64."""

    def __init__(self, choose, name, index_type, memories):
        self.choose = choose
        self.name = name
        self.t = index_type
        self.memories = memories
        self.is_natural = choose.random() < 0.25  # floats that are positive: without care for NaNs
        self.element = choose.choice(("f32", "f64")) if self.is_natural else (
            choose.choice(loop_values.COMMON) if choose.random() < 0.93 else "v128")
        self.bytes = ELEMENTS[self.element][0]
        depth = choose.choice((1, 1, 1, 1, 1, 2, 2, 2, 3))
        self.levels = [Level(choose, i, depth, self) for i in range(depth)]
        self.inner = self.levels[-1]
        self.copies = 1
        if (self.inner.step == 1 and self.inner.style in ("up_s", "up_u", "guarded_ne", "pointer")
                and self.inner.start.endswith("const 0)") and choose.random() < 0.4):
            self.copies = choose.choice((2, 4, 4, 8))
        if self.inner.style == "peeled":
            self.copies = choose.choice((2, 2, 3, 4))
        self.copy_form = choose.choice(("offset", "offset", "add", "or", "address", "pointer"))
        self.copy = 0
        self.sums = {}  # local: type
        self.number = 0  # of the statement
        # Most loops write one array and read others.
        self.targets = choose.choice((("$c",), ("$c",), ("$a",), ("$a", "$b", "$c")))
        self.sources = tuple(base for base in ("$a", "$b") if base not in self.targets) or ("$a", "$b", "$c")
        self.row = None  # local that moves by a row in the outer loop
        self.uses_pointer = self.inner.style == "pointer"
        self.is_odd = choose.random() < 0.3  # has something that may keep it from being guarded
        self.fuel = False
        self.has_moving_access = False
        self.text = self.function()

    # Expressions of the index type.
    def get(self, name):
        return f"(local.get {name})"

    def const(self, value):
        return f"({self.t}.const {value})"

    def op(self, name, left, right):
        return f"({self.t}.{name} {left} {right})"

    def plus(self, value, number):
        return value if number == 0 else self.op("add", value, self.const(number))

    def counter(self):
        """The inner counter as an index."""
        if self.inner.style in ("wide", "wide_extended") and self.t == "i32":
            return "(i32.wrap_i64 (local.get $wide))"
        return self.get(self.inner.counter)

    def scaled(self, index, size):
        shift = size.bit_length() - 1
        if shift == 0:
            return index
        return self.choose.choice((self.op("shl", index, self.const(shift)),) * 3 +
                                  (self.op("mul", index, self.const(size)),))

    def sum_of(self, base, index):
        pair = [base, index]
        self.choose.shuffle(pair)
        return self.op("add", *pair)

    def row_width(self):
        return self.choose.choice((self.get("$n"), self.get("$n"), self.get("$m"), self.get("$s"),
                                   self.const(8), self.const(33)))

    def moving(self, size, is_store=False):
        """The address of an element that follows the inner counter, and the constant offset."""
        all_choices = self.choose
        self.choose = random.Random(all_choices.random())  # each copy goes on alike
        address = self.choose_moving(size, is_store)
        self.choose = all_choices
        return address

    def choose_moving(self, size, is_store):
        choose = self.choose
        base = self.get(choose.choice(self.targets if is_store else self.sources))
        distance = choose.choice((0, 0, 0, 0, 1, -1, 2, 3, -2, 8))
        index = self.counter()
        form = choose.randrange(20)
        if form < 3 and self.inner.style not in ("down_count", "down_ge"):
            self.uses_pointer = True
            pointer = "$p" if is_store == ("$a" in self.targets) else "$q"
            return self.copied_pointer(pointer, distance, size)
        if form == 3:
            index = self.op("sub", self.inner.bound, index)
            base = self.plus(base, -size * choose.choice((0, 1, 1)))
        elif form == 4:
            return self.sum_of(base, self.op("mul", index, self.get("$s"))), 0
        elif form in (5, 6) and self.inner.outer:
            row = self.op("mul", self.get(choose.choice(self.inner.outer)), self.row_width())
            index = self.op("add", row, index)
        elif form in (7, 8) and self.inner.outer:
            self.row = "$row"
            base = self.get("$row")
        elif form == 9 and self.inner.outer:
            index = self.op("add", self.op("mul", index, self.row_width()),
                            self.get(choose.choice(self.inner.outer)))
        elif form == 10 and self.is_odd:
            value = f"(i32.load8_u (i32.wrap_i64 (local.get $w)))" if self.t == "i64" else \
                f"(i32.load8_u {self.sum_of(base, self.counter())})"
            if self.t == "i32":
                index = value
        return self.copied(base, index, distance, size)

    def copied(self, base, index, distance, size):
        """The element of this copy of the body, as compilers write it."""
        choose = self.choose
        at = self.copy
        if self.copies == 1 or self.copy_form == "pointer":
            form = choose.randrange(3)
            distance += at
            if form == 0:
                return self.sum_of(base, self.scaled(self.plus(index, distance), size)), 0
            if form == 1 or distance < 0:
                return self.plus(self.sum_of(base, self.scaled(index, size)), distance * size), 0
            return self.sum_of(base, self.scaled(index, size)), distance * size
        if self.copy_form == "or" and index == self.counter() and distance == 0 and at:
            return self.sum_of(base, self.scaled(self.op("or", index, self.const(at)), size)), 0
        if self.copy_form == "offset" and distance + at >= 0:
            return self.sum_of(base, self.scaled(index, size)), (distance + at) * size
        if self.copy_form == "address":
            return self.plus(self.sum_of(base, self.scaled(index, size)), (distance + at) * size), 0
        return self.sum_of(base, self.scaled(self.plus(index, distance + at), size)), 0

    def copied_pointer(self, pointer, distance, size):
        distance += self.copy * self.stride(pointer) // size if self.stride(pointer) % size == 0 else self.copy
        if distance < 0 or self.choose.random() < 0.3:
            return self.plus(self.get(pointer), distance * size), 0
        return self.get(pointer), distance * size

    def stride(self, pointer):
        """Of a pointer in each iteration of the plain body."""
        return self.bytes if pointer == "$p" else self.q_stride

    def invariant(self, size):
        """The address of an element that the inner loop does not move."""
        choose = self.choose
        base = self.get(choose.choice(("$a", "$b", "$c")))
        if self.inner.outer and choose.random() < 0.7:
            index = self.get(choose.choice(self.inner.outer))
            if choose.random() < 0.5:
                index = self.op("add", self.op("mul", index, self.row_width()),
                                self.get(choose.choice(self.inner.outer)))
            return self.sum_of(base, self.scaled(index, size)), 0
        return base, choose.choice((0, 0, size, 4096))

    # Accesses and values.
    def access(self, instruction, address, offset, value=""):
        memory = ""
        if self.memories > 1 and self.choose.random() < 0.4:
            memory = "$other "
        offset = f"offset={offset} " if offset else ""
        return f"({instruction} {memory}{offset}align=1 {address} {value})"

    def pick(self):
        if self.is_natural or self.choose.random() < 0.75:
            return self.element
        return self.choose.choice(loop_values.OTHERS)

    def load(self, wanted, element=None):
        element = element or self.pick()
        size, load, _, type_ = ELEMENTS[element]
        if self.choose.random() < 0.12:
            address = self.invariant(size)
        else:
            address = self.moving(size)
        return loop_values.convert(self.access(load, *address), type_, wanted)

    def value(self, wanted, depth=0):
        choose = self.choose
        kind = choose.randrange(10)
        if kind < 5 or depth > 2:
            return self.load(wanted)
        if self.is_natural:
            left, right = self.value(wanted, depth + 1), self.value(wanted, depth + 1)
            if kind == 5:
                right = f"({wanted}.const {choose.choice((0.5, 0.25, 1.5))})"
            return f"({wanted}.{choose.choice(('add', 'mul'))} {left} {right})"
        if kind == 5:
            return loop_values.constant(choose, wanted)
        if kind == 6:
            index_type = self.t
            return loop_values.convert(self.counter(), index_type, wanted)
        return loop_values.operate(choose, wanted, self.value(wanted, depth + 1),
                                   self.value(wanted, depth + 1))

    def store(self, element=None, address=None):
        element = element or self.pick()
        size, _, store, type_ = ELEMENTS[element]
        value = self.value(type_)
        if not self.is_natural:
            value = loop_values.without_nan(value, type_)
        return self.access(store, *(address or self.moving(size, is_store=True)), value)

    def sum_into(self):
        _, _, _, type_ = ELEMENTS[self.pick()]
        local = f"$sum_{type_}_{self.number}"
        self.sums[local] = type_
        value = self.value(type_)
        if self.choose.random() < 0.15 and type_ in ("i32", "i64"):
            # The greatest or least.
            return (f"(local.set $max_{type_} {value})\n"
                    f"(local.set {local} (select (local.get $max_{type_}) (local.get {local}) "
                    f"({type_}.{self.choose.choice(('gt_s', 'lt_u'))} (local.get $max_{type_}) "
                    f"(local.get {local}))))")
        result = loop_values.operate(self.choose, type_, self.get(local), value,
                                     loop_values.REDUCTIONS)
        return f"(local.set {local} {result})"

    def accumulate(self):
        """A sum that is kept in memory."""
        size, load, store, type_ = ELEMENTS[self.element]
        address = self.invariant(size)
        left = self.access(load, *address)
        value = self.value(type_)
        if self.is_natural:
            result = f"({type_}.add {left} {value})"
        else:
            result = loop_values.without_nan(
                loop_values.operate(self.choose, type_, left, value, loop_values.REDUCTIONS), type_)
        return self.access(store, *address, result)

    def odd_statement(self):
        choose = self.choose
        kind = choose.randrange(9)
        if kind == 0:
            return ("(local.set $sum_i64 (i64.add (local.get $sum_i64) "
                    f"(i64.extend_i32_s (call $leaf {self.as_i32(self.counter())}))))")
        if kind == 1:
            once = f"(i32.eq {self.as_i32(self.counter())} (i32.const 5))"
            grown = f"(memory.grow {loop_values.convert(once, 'i32', self.t)})"
            return ("(local.set $sum_i64 (i64.add (local.get $sum_i64) "
                    f"{loop_values.convert(grown, self.t, 'i64')}))")
        if kind < 4:
            return f"(br_if $out (i64.eq {self.value('i64', 2)} (i64.const {choose.randint(-2, 200)})))"
        if kind == 4:
            divisor = self.value("i32", 2)
            if choose.random() < 0.7:
                divisor = f"(i32.or {divisor} (i32.const 1))"
            return ("(local.set $sum_i64 (i64.add (local.get $sum_i64) (i64.extend_i32_s "
                    f"(i32.div_u {self.value('i32', 2)} {divisor}))))")
        if kind == 5:
            return "(global.set $g (i32.add (global.get $g) (i32.const 1)))"
        if kind == 6:
            return f"(drop {self.load('i32', 'i32')})"
        return self.conditional()

    def as_i32(self, value):
        return loop_values.convert(value, self.t, "i32")

    def conditional(self):
        choose = self.choose
        condition = f"(i64.eqz (i64.and {self.value('i64', 2)} (i64.const {choose.choice((1, 3, 64))})))"
        if choose.random() < 0.3:
            condition = f"(i32.and {self.as_i32(self.counter())} (i32.const {choose.choice((1, 4))}))"
        other = f"(else {self.store()})" if choose.random() < 0.3 else ""
        then = choose.choice((self.store, self.sum_into, self.accumulate))
        return f"(if {condition} (then {then()}) {other})"

    def statement(self):
        choose = self.choose
        kind = choose.randrange(20)
        if kind < 10:
            return self.store()
        if kind < 16:  # sums of floats are not vectorized
            return self.store() if self.element[0] == "f" and kind < 13 else self.sum_into()
        if kind == 16:
            return self.accumulate()
        if kind == 17 and not self.is_natural:
            return self.conditional()
        return self.store()

    # Loops.
    def body(self):
        """All copies; in each the same statements, of which only the copy's number differs."""
        count = self.choose.choice((1, 1, 2, 3))
        seeds = [self.choose.random() for _ in range(count)]
        choose_odd = self.choose.random()
        saved = self.choose
        parts = []
        for self.copy in range(self.copies):
            for self.number, seed in enumerate(seeds):
                self.choose = random.Random(seed)
                parts.append(self.statement())
        self.choose = saved
        if self.is_odd and not self.is_natural and choose_odd < 0.6:
            parts.insert(int(choose_odd * 10) % (len(parts) + 1), self.odd_statement())
        self.copy = 0
        copies = self.copies
        self.copies = 1
        rest = []
        for self.number, seed in enumerate(seeds):
            self.choose = random.Random(seed)
            rest.append(self.statement())
        self.choose = saved
        self.copies = copies
        moving = self.moving_statement()
        return moving + "\n".join(parts), moving + "\n".join(rest)

    def moving_statement(self):
        """An access that leaves the memory, if nothing else ends the loop."""
        if not self.needs_an_end():
            return ""
        self.has_moving_access = True
        size, load, _, type_ = ELEMENTS[self.element]
        local = f"$sum_{type_}"
        self.sums[local] = type_
        address = self.sum_of(self.get("$a"), self.scaled(self.counter(), size))
        value = loop_values.operate(self.choose, type_, self.get(local),
                                    self.access(load, address, 0).replace("$other ", ""),
                                    loop_values.REDUCTIONS)
        return f"(local.set {local} {value})\n"

    def needs_an_end(self):
        return self.inner.style in (
            "ne", "le_u", "le_s", "wide", "top_eq", "up_u", "eqz_twice", "peeled")

    def bump(self, copies):
        return "\n".join(
            f"(local.set {pointer} {self.plus(self.get(pointer), self.stride(pointer) * copies)})"
            for pointer in ("$p", "$q")) if self.uses_pointer else ""

    def inner_loop(self):
        level = self.inner
        body, rest = self.body()
        self.first = f"(local.set {level.counter} {level.start})\n"
        self.limit = level.bound
        if self.copies > 1 and level.style != "peeled":
            main = self.op("and", level.bound, self.const(-self.copies))
            self.first += f"(local.set $main {main})\n"
            self.limit = "(local.get $main)"
        elif level.step < 0:
            self.first = f"(local.set {level.counter} {level.bound})\n"
            self.limit = level.start if level.start != level.bound else self.const(0)
        fuel = ""
        if self.fuel:
            fuel = ("(br_if $out (i32.lt_s (local.tee $left (i32.sub (local.get $left) (i32.const 1)))"
                    " (i32.const 0)))\n")
        body = f"{fuel}{body}\n{self.bump(self.copies)}\n"
        if level.style == "peeled":
            return f"(block $out {self.first}{self.peeled(body, rest)})"
        loop = self.loop_of_style(body)
        if self.copies > 1:
            loop += self.remainder(rest)
        return f"(block $out {self.first}{loop})"

    def loop_of_style(self, body):
        """One loop; sets self.first, what comes before it, where that is of the style's own."""
        style = self.inner.style
        if style in BOTTOM_TESTED:
            return self.bottom_tested(body, BOTTOM_TESTED[style])
        if style in ("top", "top_eq", "eqz_twice"):
            return self.top_tested(body)
        if style in ("down_count", "down_ge"):
            return self.down(body)
        if style in ("wide", "wide_extended"):
            return self.wide(body)
        return self.up_to_pointer(body) if style == "pointer" else self.stepped(body)

    def bump_counter(self, step):
        v = self.inner.counter
        return f"(local.tee {v} {self.plus(self.get(v), step)})"

    def bottom_tested(self, body, compare):
        step = self.inner.step * self.copies
        if step < 0:
            compare = "gt_s"
        loop = (f"(loop $again {body}"
                f"(br_if $again ({self.t}.{compare} {self.bump_counter(step)} {self.limit})))")
        if self.choose.random() < 0.5 or self.copies > 1 or self.inner.style == "guarded_ne":
            condition = f"({self.t}.{compare} (local.get {self.inner.counter}) {self.limit})"
            loop = f"(if {condition} (then {loop}))"
        return loop

    def top_tested(self, body):
        v, step = self.inner.counter, self.inner.step
        compare = self.choose.choice(("ge_s", "ge_s", "ge_u")) if self.inner.style == "top" else "eq"
        if step < 0:
            compare = "le_s"
        test = f"(br_if $out ({self.t}.{compare} (local.get {v}) {self.limit}))"
        again = f"(local.set {v} {self.plus(self.get(v), step)}) (br $again)"
        if self.inner.style == "eqz_twice":
            again = f"(br_if $again ({self.t}.ne {self.bump_counter(step)} {self.const(4000)}))"
        return f"(loop $again {test}\n{body}{again})"

    def down(self, body):
        v, t, zero = self.inner.counter, self.t, self.const(0)
        if self.inner.style == "down_count":
            self.first = f"(local.set {v} {self.inner.bound})\n"
            return (f"(br_if $out ({t}.eqz (local.get {v})))\n"
                    f"(loop $again {body}(br_if $again ({t}.ne {self.bump_counter(-1)} {zero})))")
        self.first = f"(local.set {v} {self.plus(self.inner.bound, -1)})\n"
        return (f"(br_if $out ({t}.lt_s (local.get {v}) {zero}))\n"
                f"(loop $again {body}(br_if $again ({t}.ge_s {self.bump_counter(-1)} {zero})))")

    def wide(self, body):
        """Counted in 64 bits."""
        bound = "(local.get $w)"
        if self.inner.style == "wide_extended":
            bound = loop_values.convert(self.inner.bound, self.t, "i64")
            if self.t == "i32" and self.choose.random() < 0.5:
                bound = f"(i64.extend_i32_u {self.inner.bound})"
        counter = "$wide" if self.t == "i32" else self.inner.counter
        self.first = f"(local.set {counter} (i64.const 0))\n"
        compare = self.choose.choice(("lt_s", "lt_u", "ne"))
        return (f"(br_if $out (i64.le_s {bound} (i64.const 0)))\n(loop $again {body}"
                f"(br_if $again (i64.{compare} (local.tee {counter} "
                f"(i64.add (local.get {counter}) (i64.const 1))) {bound})))")

    def up_to_pointer(self, body):
        v, t = self.inner.counter, self.t
        end = self.op("add", self.get("$p"), self.scaled(self.limit, self.bytes))
        compare = self.choose.choice(("ne", "ne", "lt_u"))
        return (f"(local.set $e {end})\n(block $rest (br_if $rest ({t}.eq (local.get $p) (local.get $e)))\n"
                f"(loop $again {body}(local.set {v} {self.plus(self.get(v), self.copies)})"
                f"(br_if $again ({t}.{compare} (local.get $p) (local.get $e)))))")

    def peeled(self, body, rest):
        """As producers unroll a loop that begins anywhere: what is odd comes first. Or is forgotten
        here, and the loop passes its limit."""
        v, t = self.inner.counter, self.t
        odd = ""
        if self.choose.random() < 0.75:
            number = self.op("sub", self.limit, self.get(v))
            if self.copies & (self.copies - 1):
                number = self.op("rem_u", number, self.const(self.copies))
            else:
                number = self.op("and", number, self.const(self.copies - 1))
            odd = self.once_for_each(number, rest)
        return (f"{odd}(br_if $out ({t}.eq {self.get(v)} {self.limit}))\n"
                f"(loop $again {body}(br_if $again ({t}.ne {self.bump_counter(self.copies)} {self.limit})))")

    def stepped(self, body):
        v = self.inner.counter
        bumped = f"(local.tee {v} {self.op('add', self.get(v), self.get('$s'))})"
        return f"(loop $again {body}(br_if $again ({self.t}.lt_s {bumped} {self.limit})))"

    def remainder(self, body):
        """What the unrolled loop has left over."""
        return self.once_for_each(
            self.op("and", self.inner.bound, self.const(self.copies - 1)), body)

    def once_for_each(self, number, body):
        v = self.inner.counter
        once_less = f"(local.tee $main {self.plus(self.get('$main'), -1)})"
        zero = self.const(0)
        return (f"\n(if ({self.t}.ne (local.tee $main {number}) {zero}) (then (loop $remainder {body}\n"
                f"{self.bump(1)}\n(local.set {v} {self.plus(self.get(v), 1)})\n"
                f"(br_if $remainder ({self.t}.ne {once_less} {zero})))))")

    def outer_loop(self, level, inside):
        v, t = level.counter, self.t
        choose = self.choose
        before = after = ""
        if self.row and self.levels.index(level) == len(self.levels) - 2:
            width = choose.choice((self.row_width(), self.scaled(self.row_width(), self.bytes)))
            after += f"(local.set $row {self.op('add', self.get('$row'), width)})\n"
        if choose.random() < 0.3 and not self.is_natural:
            address = self.sum_of(self.get("$c"), self.scaled(self.get(v), self.bytes))
            _, _, store, type_ = ELEMENTS[self.element]
            before += self.access(store, address, 0, loop_values.constant(choose, type_)) + "\n"
        if choose.random() < 0.5:  # each row begins again
            before += "(local.set $p (local.get $a)) (local.set $q (local.get $b))\n"
        inside = f"{before}{inside}\n{after}"
        next_ = self.plus(self.get(v), 1)
        label = f"$l{v[1:]}"
        bound = level.bound
        if level.style == "up_s":
            return (f"(local.set {v} {self.const(0)})\n(loop {label} {inside}"
                    f"(br_if {label} ({t}.lt_s (local.tee {v} {next_}) {bound})))")
        if level.style == "guarded_ne":
            return (f"(local.set {v} {self.const(0)})\n(if ({t}.gt_s {bound} {self.const(0)}) (then "
                    f"(loop {label} {inside}(br_if {label} ({t}.ne (local.tee {v} {next_}) {bound})))))")
        if level.style == "top":
            return (f"(local.set {v} {self.const(0)})\n(block {label}o (loop {label} (br_if {label}o "
                    f"({t}.ge_s (local.get {v}) {bound}))\n{inside}(local.set {v} {next_}) (br {label})))")
        return (f"(local.set {v} {bound})\n(block {label}o (br_if {label}o ({t}.le_s (local.get {v}) "
                f"{self.const(0)}))\n(loop {label} {inside}(br_if {label} ({t}.gt_s (local.tee {v} "
                f"{self.plus(self.get(v), -1)}) {self.const(0)}))))")

    def function(self):
        choose = self.choose
        self.q_stride = choose.choice((self.bytes, self.bytes, -self.bytes, 2 * self.bytes, 0, 3))
        if self.is_natural and self.q_stride == 3:
            self.q_stride = 3 * self.bytes
        # Strides of run-time values may be 0.
        self.fuel = self.inner.style == "stepped" or choose.random() < 0.05
        text = self.inner_loop()
        for level in reversed(self.levels[:-1]):
            text = self.outer_loop(level, text)
        t = self.t
        parameters = " ".join(
            f"(param ${name} {t if type_ == 'i' else type_})" for name, type_ in PARAMETERS)
        locals_ = " ".join(f"(local ${name} {t})" for name in ("i", "j", "k", "p", "q", "e", "main", "row"))
        result = f"(i64.mul (i64.const 31) {loop_values.convert(self.get(self.inner.counter), t, 'i64')})"
        result = f"(i64.xor {result} (local.get $sum_i64))"
        self.sums.pop("$sum_i64", None)  # that of statements of several kinds
        for local, type_ in sorted(self.sums.items()):
            result = f"(i64.add {result} {loop_values.bits(self.get(local), type_)})"
        sums = " ".join(f"(local {local} {type_})" for local, type_ in sorted(self.sums.items()))
        return f"""(func {self.name} (type $loop) {parameters} (result i64)
{locals_} (local $wide i64) (local $left i32) (local $nan_f32 f32) (local $nan_f64 f64)
{sums} (local $sum_i64 i64)
(local $max_i32 i32) (local $max_i64 i64)
(local.set $p (local.get $a)) (local.set $q (local.get $b)) (local.set $row (local.get $c))
(local.set $left (i32.const {choose.choice((100, 3000, 20000))}))
{text}
{result})
"""


class Arguments:
    """What a nest is called with."""

    def __init__(self, choose, nest, pages):
        self.choose = choose
        self.nest = nest
        self.end = pages * PAGE
        self.is_calm = False

    def count(self):
        choose = self.choose
        kind = choose.randrange(20)
        if kind < 4:
            return choose.choice((0, 1, 2, 3))
        if kind < 14 or len(self.nest.levels) > 1:
            return choose.choice((4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 34, 40))
        if kind < 19 or not self.may_run_away():
            return choose.choice((63, 64, 65, 100, 127, 255, 300, 1000, 3000))
        return choose.choice((-1, -2, -7, 0x7fffffff, -0x80000000, 70000, 20000, 0x40000001))

    def may_run_away(self):
        return self.nest.has_moving_access or self.nest.fuel

    def stride(self):
        size = self.nest.bytes
        choices = (0, 1, size, size, 2 * size, -size, -1, 3 * size, 1000 * size, PAGE, 1 << 30,
                   1 << 31, (1 << 31) + size, (1 << 32) - 2 * size, 0x7ffffff8, (1 << 29) + size)
        stride = self.choose.choice(choices)
        if self.nest.is_natural and stride % size:
            stride = size
        return stride

    def array(self, count):
        """An address for an array of so many elements."""
        choose, size, end = self.choose, self.nest.bytes, self.end
        kind = 0 if self.is_calm else choose.randrange(16)
        if kind < 6:
            return choose.choice((64, 1024, 1000, 4096, 8192, 20000))
        if kind < 8:
            return choose.randrange(0, end - 2000, 16) + choose.choice((0, 0, 1, 2, 4))
        if kind < 11:  # ends where the memory ends, or just behind that
            return end - (count + choose.choice((0, 0, 0, 1, -1, 2, 8))) * size + choose.choice((0, 0, 1, -1))
        if kind < 13:  # from before 2^32 on
            return -size * choose.choice((1, 2, 4, 16, 16, max(count // 2, 1))) + choose.choice((0, 0, 0, 1))
        return choose.choice((0, 0, 0, end, end - size, 0x7ffffffc, 4, size))

    def next(self):
        """The parameters of one call."""
        choose, nest = self.choose, self.nest
        self.is_calm = choose.random() < 0.4  # all is inside
        n = self.count()
        m = choose.choice((0, 1, 2, 3, 4, 5, 8)) if len(nest.levels) > 1 else choose.choice((0, 1, 4, 16, -3))
        elements = n if 0 < n < 5000 else 64
        elements *= max(m, 1) if choose.random() < 0.5 and len(nest.levels) > 1 else 1
        a = self.array(elements)
        b, c = (self.array(elements) for _ in range(2))
        if choose.random() < 0.6:
            b = a + nest.bytes * choose.randint(-9, 9) + choose.choice((0, 0, 0, 0, 1, -1, 2))
        if choose.random() < 0.3:
            c = choose.choice((a, b)) + nest.bytes * choose.choice((-1, 1, 2, 4, 16, 64))
        if nest.is_natural:  # elements stay whole
            b += (a - b) % nest.bytes
            c += (a - c) % nest.bytes
        if n < 0 or n > 5000:
            a = self.end - choose.randrange(1, 64) * nest.bytes
        w = n if 0 <= n < 5000 else choose.choice((n, (1 << 32) + 3, 1 << 40))
        if not self.may_run_away():
            w = abs(w) % 5000
        return [a, b, c, n, m, self.stride(), w]


def call(nest_index, t):
    """Calls one of the nests with the parameters at $at."""
    load = []
    for number, (_, type_) in enumerate(PARAMETERS):
        instruction = "i64.load" if type_ == "i64" or t == "i64" else "i32.load"
        load.append(f"({instruction} $arguments offset={8 + 8 * number} (local.get $at))")
    return f"(call_indirect (type $loop) {' '.join(load)} {nest_index})"


def encode(values, t):
    """As a data segment's text; with memory32, addresses are of 32 bits."""
    mask = (1 << 64) - 1
    words = []
    for value, (_, type_) in zip(values, (("which", "i"), *PARAMETERS)):
        if t == "i32" and type_ == "i":
            value &= 0xffffffff
        words.append(value & mask)
    return "".join(f"\\{byte:02x}" for byte in struct.pack(f"<{len(words)}Q", *words))


def module(seed):
    choose = random.Random(seed)
    pages = choose.choice((1, 1, 1, 2))
    t = "i64" if choose.random() < 0.06 else "i32"
    memories = 2 if choose.random() < 0.1 else 1
    nests = [Nest(choose, f"$f{i}", t, memories) for i in range(choose.choice((2, 3, 4)))]
    record = 8 * (1 + len(PARAMETERS))
    data = []
    for number in range(CALLS * ROUNDS):
        which = number % len(nests)
        arguments = Arguments(choose, nests[which], pages)
        data.append(encode([which, *arguments.next()], t))
    exports = " ".join(f'(export "t{i}")' for i in range(CALLS))
    types = " ".join(t if type_ == "i" else type_ for _, type_ in PARAMETERS)
    wide = "i64 " if t == "i64" else ""
    other = f'(memory $other (export "other") {wide}{pages})' if memories > 1 else ""
    # No byte that makes a NaN or an infinity, nor 0, at any alignment.
    fill = "(i32.or (i32.and (i32.mul (local.get $i) (i32.const 0x9e3779b1)) (i32.const 0x3f3f3f3f)) (i32.const 0x20212223))"
    address = f"(local.get $i)" if t == "i32" else "(i64.extend_i32_u (local.get $i))"
    fill_other = f"(i32.store $other {address} (i32.const 0x21222324))" if memories > 1 else ""
    text = "\n".join(nest.text for nest in nests)
    names = " ".join(nest.name for nest in nests)
    return f"""(module
(memory (export "memory") {wide}{pages} {pages + 1})
{other}
(memory $arguments 1)
(data (memory $arguments) (i32.const 0)
{chr(10).join(f'"{line}"' for line in data)})
(type $loop (func (param {types}) (result i64)))
(table {len(nests)} funcref)
(elem (i32.const 0) {names})
(global $g (export "g") (mut i32) (i32.const 0))
(global $call (export "call") (mut i32) (i32.const 0))
(func $leaf (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
(func $fill (local $i i32)
  (loop $again
    (i32.store {address} {fill})
    {fill_other}
    (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4)))
      (i32.const {pages * PAGE})))))
(func {exports} (result i64) (local $at i32)
  (call $fill)
  (local.set $at (i32.mul (global.get $call) (i32.const {record})))
  (global.set $call (i32.add (global.get $call) (i32.const 1)))
  {call('(i32.load $arguments (local.get $at))', t)})
{text})
"""


if __name__ == "__main__":
    import sys
    print(module(int(sys.argv[1])))

"""Elements of arrays and what loops compute of them, as text, for loop_nests.py."""

# Of each element: bytes, load, store, type of the value.
ELEMENTS = {
    "u8": (1, "i32.load8_u", "i32.store8", "i32"),
    "s8": (1, "i32.load8_s", "i32.store8", "i32"),
    "u16": (2, "i32.load16_u", "i32.store16", "i32"),
    "s16": (2, "i32.load16_s", "i32.store16", "i32"),
    "i32": (4, "i32.load", "i32.store", "i32"),
    "i64": (8, "i64.load", "i64.store", "i64"),
    "u8of64": (1, "i64.load8_u", "i64.store8", "i64"),
    "s32of64": (4, "i64.load32_s", "i64.store32", "i64"),
    "f32": (4, "f32.load", "f32.store", "f32"),
    "f64": (8, "f64.load", "f64.store", "f64"),
    "v128": (16, "v128.load", "v128.store", "v128"),
}
COMMON = ("u8", "s8", "u16", "s16", "i32", "i32", "i32", "i64", "f32", "f32", "f64")
OTHERS = (*ELEMENTS, *COMMON, *COMMON)

CONVERSIONS = {
    ("i32", "i64"): "(i64.extend_i32_s {})", ("i64", "i32"): "(i32.wrap_i64 {})",
    ("i32", "f32"): "(f32.convert_i32_s {})", ("i32", "f64"): "(f64.convert_i32_u {})",
    ("i64", "f32"): "(f32.convert_i64_s {})", ("i64", "f64"): "(f64.convert_i64_s {})",
    ("f32", "i32"): "(i32.trunc_sat_f32_s {})", ("f64", "i32"): "(i32.trunc_sat_f64_u {})",
    ("f32", "i64"): "(i64.trunc_sat_f32_s {})", ("f64", "i64"): "(i64.trunc_sat_f64_s {})",
    ("f32", "f64"): "(f64.promote_f32 {})", ("f64", "f32"): "(f32.demote_f64 {})",
    ("v128", "i32"): "(i32x4.extract_lane 1 {})", ("v128", "i64"): "(i64x2.extract_lane 0 {})",
    ("v128", "f32"): "(f32.convert_i32_s (i32x4.extract_lane 2 {}))",
    ("v128", "f64"): "(f64.convert_i32_s (i32x4.extract_lane 3 {}))",
    ("i32", "v128"): "(i32x4.splat {})", ("i64", "v128"): "(i64x2.splat {})",
    ("f32", "v128"): "(i32x4.splat (i32.trunc_sat_f32_s {}))",
    ("f64", "v128"): "(i32x4.splat (i32.trunc_sat_f64_s {}))",
}
OPERATIONS = {
    "i32": ("add", "add", "sub", "mul", "xor", "or", "and", "shl", "shr_u", "shr_s"),
    "i64": ("add", "add", "sub", "mul", "xor", "or", "and"),
    "f32": ("add", "add", "sub", "mul", "min", "max"),
    "f64": ("add", "add", "sub", "mul", "min", "max"),
    "v128": ("i32x4.add", "i8x16.sub", "i16x8.mul", "v128.xor", "i32x4.max_s", "i64x2.add"),
}
REDUCTIONS = {
    "i32": ("add", "add", "add", "sub", "xor", "or", "and", "mul"),
    "i64": ("add", "add", "xor", "mul"), "f32": ("add", "mul"), "f64": ("add", "sub"),
    "v128": ("i32x4.add", "v128.xor"),
}


def convert(value, from_type, to_type):
    if from_type == to_type:
        return value
    return CONVERSIONS[from_type, to_type].format(value)


def operate(choose, type_, left, right, names=OPERATIONS):
    name = choose.choice(names[type_])
    return f"({name if type_ == 'v128' else f'{type_}.{name}'} {left} {right})"


def constant(choose, type_):
    if type_ == "v128":
        return f"(i32x4.splat {constant(choose, 'i32')})"
    if type_ in ("f32", "f64"):
        return f"({type_}.const {choose.choice((0.5, 1, 1.25, -3, 0.125))})"
    return f"({type_}.const {choose.choice((0, 1, -1, 3, 5, 7, 255, 0x10001, 1000))})"


def without_nan(value, type_):
    """Its bits are not defined, and memories are compared by their bits."""
    if type_ not in ("f32", "f64"):
        return value
    local = f"$nan_{type_}"
    return (f"(select (local.tee {local} {value}) ({type_}.const 0.75)"
            f" ({type_}.eq (local.get {local}) (local.get {local})))")


def bits(value, type_):
    """As an i64."""
    value = without_nan(value, type_)
    if type_ == "f32":
        return f"(i64.extend_i32_u (i32.reinterpret_f32 {value}))"
    if type_ == "f64":
        return f"(i64.reinterpret_f64 {value})"
    if type_ == "v128":
        return f"(i64.xor (i64x2.extract_lane 0 {value}) (i64x2.extract_lane 1 {value}))"
    return convert(value, type_, "i64")

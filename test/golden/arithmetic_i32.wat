;; Shifts, rotations and comparisons as values.
(module
  (func $f (export "f") (param $a i32) (param $b i32) (result i32)
    (i32.add (i32.shl (local.get $a) (i32.const 3)) (i32.shr_u (local.get $a) (local.get $b)))
    (i32.rotl (local.get $b) (i32.const 7))
    (i32.sub) (i32.mul (i32.lt_s (local.get $a) (local.get $b)))))

;; The same on 64 bits, and conversions between the two.
(module
  (func $f (export "f") (param $a i64) (param $b i32) (result i64)
    (i64.or (i64.shr_s (local.get $a) (i64.extend_i32_u (local.get $b))) (i64.const 0xff))
    (i64.mul (i64.extend_i32_s (i32.wrap_i64 (local.get $a))) (i64.const 10)) (i64.sub)))

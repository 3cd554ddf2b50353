;; Constants of every size, and what is done with constants as operands.
(module
  (func $f (export "f") (param i32 i64) (result i32 i64 f32 f64)
    (i32.xor (i32.add (local.get 0) (i32.const 0x12345678)) (i32.const -1))
    (i64.add (i64.and (local.get 1) (i64.const 0x123456789abcdef0)) (i64.const -5))
    (f32.const 1.5) (f64.const -0x1.921fb54442d18p+1)))

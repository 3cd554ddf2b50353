;; More arguments than there are registers, and three results.
(module
  (func $g (param i32 i64 i32 i64 i32 i64 i32 f64 f64 f64 f64 f64 f64 f64 f64 f64)
    (result i32 f64 i64) (local.get 0) (local.get 7) (local.get 1))
  (func $f (export "f") (param i32) (result i32 f64 i64)
    (call $g (local.get 0) (i64.const 1) (i32.const 2) (i64.const 3) (i32.const 4) (i64.const 5)
      (i32.const 6) (f64.const 7) (f64.const 8) (f64.const 9) (f64.const 10) (f64.const 11)
      (f64.const 12) (f64.const 13) (f64.const 14) (f64.const 15))))

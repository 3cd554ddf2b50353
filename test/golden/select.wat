;; select of integers, floats and constants.
(module
  (func $f (export "f") (param i32 i32 f64 f64) (result i32 f64)
    (select (local.get 0) (i32.const 7) (i32.eq (local.get 1) (i32.const 3)))
    (select (local.get 2) (local.get 3) (local.get 0))))

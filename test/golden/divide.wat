;; Division by a variable: two traps.
(module
  (func $f (export "f") (param i32 i32 i64 i64) (result i32 i64)
    (i32.div_s (local.get 0) (local.get 1)) (i64.rem_u (local.get 2) (local.get 3))))

;; Division by constants: shifts and multiplications.
(module
  (func $f (export "f") (param i32 i64) (result i32 i32 i32 i64)
    (i32.div_s (local.get 0) (i32.const 8)) (i32.rem_s (local.get 0) (i32.const 16))
    (i32.div_u (local.get 0) (i32.const 10)) (i64.rem_u (local.get 1) (i64.const 1024))))

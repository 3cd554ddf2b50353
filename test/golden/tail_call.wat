;; The frame is gone before the jump.
(module
  (func $f (export "f") (param i64 i64) (result i64)
    (if (i64.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call $f (i64.sub (local.get 0) (i64.const 1)) (i64.add (local.get 1) (local.get 0)))))

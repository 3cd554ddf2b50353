;; unreachable, and dead code behind it.
(module
  (func $f (export "f") (param i32) (result i32)
    (if (local.get 0) (then (unreachable) (drop (i32.const 1))))
    (i32.const 3)))

;; A call as an argument of a call.
(module
  (func $g (param i32 i32) (result i32) (local.get 0))
  (func $f (export "f") (param i32) (result i32)
    (call $g (call $g (local.get 0) (i32.const 1)) (i32.add (local.get 0) (i32.const 2)))))

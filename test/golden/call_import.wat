;; A call of the embedder.
(module
  (import "env" "g" (func $g (param i32) (result i32)))
  (func $f (export "f") (param i32) (result i32) (i32.add (local.get 0) (call $g (local.get 0)))))

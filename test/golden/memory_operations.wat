;; memory.size, grow, fill and copy.
(module
  (memory 1)
  (func $f (export "f") (param i32) (result i32)
    (memory.fill (local.get 0) (i32.const 0) (i32.const 64))
    (memory.copy (local.get 0) (i32.const 0) (i32.const 16))
    (i32.add (memory.size) (memory.grow (i32.const 1)))))

;; References are tested, stored and called.
(module
  (table $t 4 funcref)
  (func $f (export "f") (param i32 externref) (result i32 funcref)
    (table.set $t (local.get 0) (ref.func $f))
    (i32.or (ref.is_null (local.get 1)) (ref.is_null (table.get $t (i32.const 1))))
    (table.get $t (local.get 0)))
  (elem declare func $f))

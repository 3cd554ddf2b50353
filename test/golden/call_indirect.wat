;; Bounds, null, type and instance are checked.
(module
  (type $t (func (param i32) (result i32)))
  (table 8 funcref)
  (func $f (export "f") (param i32 i32) (result i32)
    (i32.add (local.get 0) (call_indirect (type $t) (local.get 0) (local.get 1)))))

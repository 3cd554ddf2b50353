;; The same through a table.
(module
  (type $t (func (param i32) (result i32)))
  (table 8 funcref)
  (func $f (export "f") (param i32) (result i32)
    (return_call_indirect (type $t) (i32.const 1) (local.get 0))))

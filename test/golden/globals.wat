;; Globals of the module and a mutable import.
(module
  (import "env" "g" (global $imported (mut i64)))
  (global $own (mut i32) (i32.const 1)) (global $constant i32 (i32.const 42))
  (func $f (export "f") (param i32) (result i32)
    (global.set $own (i32.add (global.get $own) (local.get 0)))
    (global.set $imported (i64.add (global.get $imported) (i64.const 1)))
    (i32.add (global.get $own) (global.get $constant))))

;; Loads and stores of every width at a local's address.
(module
  (memory 1)
  (func $f (export "f") (param $p i32) (result i64)
    (i32.store8 (local.get $p) (i32.load8_s offset=1 (local.get $p)))
    (i64.store16 offset=8 (local.get $p) (i64.load32_s offset=16 (local.get $p)))
    (f64.store offset=32 (local.get $p) (f64.load offset=24 (local.get $p)))
    (i32.store offset=40 (local.get $p) (i32.const 12345))
    (i64.load (local.get $p))))

;; Counting bits and extending signs.
(module
  (func $f (export "f") (param i32 i64) (result i32 i64)
    (i32.add (i32.clz (local.get 0)) (i32.add (i32.ctz (local.get 0)) (i32.popcnt (local.get 0))))
    (i64.add (i64.extend8_s (local.get 1)) (i64.clz (local.get 1)))))

;; A memory indexed by 64 bits.
(module
  (memory i64 1)
  (func $f (export "f") (param $p i64) (result i64)
    (i64.store offset=8 (local.get $p) (i64.const 7))
    (i64.load offset=0x80000000 (local.get $p))))

;; Sums and shifts in addresses, a constant address, and offsets too large for an instruction.
(module
  (memory 1)
  (func $f (export "f") (param $p i32) (param $i i32) (result i32)
    (i32.load offset=16 (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2))))
    (i32.load (i32.const 1024))
    (i32.load offset=0x80000000 (local.get $p))
    (i32.load (i32.add (local.get $p) (i32.const -4)))
    (i32.add) (i32.add) (i32.add)))

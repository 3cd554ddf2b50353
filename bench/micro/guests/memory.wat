;; Memory that grows, and traps of each kind.
(module
  (memory (export "memory") 1 2000)
  (func (export "grow") (param $pages i32) (param $times i32) (result i32)
    (loop
      (if (i32.eq (memory.grow (local.get $pages)) (i32.const -1)) (then (unreachable)))
      (br_if 0 (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (memory.size))
  (func (export "fill") (param $bytes i32) (memory.fill (i32.const 0) (i32.const 1) (local.get $bytes)))
  (func (export "copy") (param $bytes i32)
    (memory.copy (i32.const 8) (i32.const 0) (local.get $bytes)))

  (func (export "trap_unreachable") (unreachable))
  (func (export "trap_divide") (drop (i32.div_u (i32.const 1) (i32.const 0))))
  (func (export "trap_memory") (drop (i32.load (i32.const -4))))
  (func $exhaust (export "trap_exhausted") (call $exhaust) (nop))
  (func $deep (export "trap_deep") (param i32)
    (if (i32.eqz (local.get 0)) (then (unreachable)))
    (call $deep (i32.sub (local.get 0) (i32.const 1))) (nop)))

;; Vectors in a loop with loads and stores.
(module
  (memory 1)
  (func (export "f") (param i32 i32) (local v128)
    (loop
      (local.set 2 (i16x8.add (local.get 2) (v128.load8x8_u offset=8 (local.get 0))))
      (v128.store32_lane 2 (local.get 0) (local.get 2))
      (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 16))) (local.get 1))))
    (if (v128.any_true (local.get 2)) (then (v128.store (i32.const 0) (local.get 2))))))

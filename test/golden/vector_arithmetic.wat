;; Arithmetic and selection of vectors.
(module
  (func (export "f") (param v128 v128) (result v128)
    (i8x16.gt_u
      (i32x4.add (i32x4.mul (local.get 0) (local.get 1)) (v128.const i32x4 1 2 3 4))
      (v128.bitselect (local.get 0) (local.get 1)
        (f32x4.min (local.get 1) (f32x4.splat (f32.const 1.5)))))))

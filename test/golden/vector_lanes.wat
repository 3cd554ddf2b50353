;; Lanes, a shuffle, a shift and a mask.
(module
  (func (export "f") (param v128 i32 f64) (result i32)
    (local.set 0 (f64x2.replace_lane 1 (local.get 0) (local.get 2)))
    (local.set 0 (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get 0) (i8x16.splat (local.get 1))))
    (local.set 0 (i8x16.shr_s (local.get 0) (local.get 1)))
    (i32.add (i16x8.extract_lane_s 3 (local.get 0)) (i8x16.bitmask (local.get 0)))))

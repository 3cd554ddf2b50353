;; Conversions, those that trap and those that saturate.
(module
  (func $f (export "f") (param f64 f32 i64) (result i32 i64 f64 f32)
    (i32.trunc_f64_s (local.get 0)) (i64.trunc_sat_f32_u (local.get 1))
    (f64.convert_i64_u (local.get 2)) (f32.demote_f64 (f64.nearest (local.get 0)))))

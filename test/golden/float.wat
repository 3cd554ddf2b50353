;; Arithmetic of floats, min, abs, neg and copysign.
(module
  (func $f (export "f") (param f64 f64 f32) (result f64 f32)
    (f64.div (f64.sub (local.get 0) (local.get 1)) (f64.min (local.get 0) (local.get 1)))
    (f32.copysign (f32.neg (f32.abs (local.get 2))) (f32.sqrt (local.get 2)))))

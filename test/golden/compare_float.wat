;; Comparisons of floats: the branch must not be taken for a NaN.
(module
  (func $f (export "f") (param f64 f64) (result i32)
    (block $out
      (br_if $out (f64.lt (local.get 0) (local.get 1)))
      (br_if $out (f64.eq (local.get 0) (local.get 1)))
      (return (f64.ne (local.get 0) (f64.const 0))))
    (i32.const 2)))

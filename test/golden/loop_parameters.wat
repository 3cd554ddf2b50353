;; A loop that takes its state as parameters.
(module
  (func $f (export "f") (param $n i32) (result i32)
    (i32.const 0) (local.get $n)
    (loop $next (param i32 i32) (result i32)
      (local.set $n) (i32.add (local.get $n))
      (i32.sub (local.get $n) (i32.const 1))
      (br_if $next (i32.gt_s (local.get $n) (i32.const 1)))
      (drop))))

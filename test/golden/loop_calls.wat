;; A float lives across a call in a loop.
(module
  (func $g (param f64) (result f64) (f64.sqrt (local.get 0)))
  (func $f (export "f") (param $n i32) (param $x f64) (result f64) (local $sum f64)
    (loop $next
      (local.set $sum (f64.add (local.get $sum) (call $g (local.get $x))))
      (local.set $x (f64.mul (local.get $x) (f64.const 0.5)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))

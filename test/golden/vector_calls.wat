;; Vectors in calls, results, globals and select.
(module
  (import "m" "g" (func $g (param v128 i64) (result i32 v128)))
  (global $v (mut v128) (v128.const i64x2 1 2))
  (func (export "f") (param v128 i32) (result v128)
    (global.set $v (local.get 0))
    (call $g (v128.not (global.get $v)) (i64.const 7))
    (local.set 0)
    (local.set 1)
    (select (local.get 0) (v128.const i64x2 0 0) (i32.eqz (local.get 1)))))

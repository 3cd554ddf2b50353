;; A comparison and the branch on it become one.
(module
  (func $f (export "f") (param i32 i64) (result i32)
    (block $out
      (br_if $out (i32.lt_u (local.get 0) (i32.const 10)))
      (br_if $out (i64.eqz (local.get 1)))
      (return (i32.const 1)))
    (i32.const 2)))

;; Blocks with parameters and several results.
(module
  (func $f (export "f") (param i32 i64) (result i64 i32)
    (local.get 0) (local.get 1)
    (block $out (param i32 i64) (result i64 i32)
      (local.set 1) (local.set 0)
      (local.get 1) (local.get 0) (br_if $out (local.get 0))
      (drop) (drop) (i64.const 5) (i32.const 6))))

;; A jump table, and one with values.
(module
  (func $f (export "f") (param i32) (result i32)
    (block $d (block $c (block $b (block $a
      (br_table $a $b $c $a $b $d (local.get 0)))
      (return (i32.const 10))) (return (i32.const 20))) (return (i32.const 30)))
    (block $x (result i32) (block $y (result i32) (br_table $x $y (i32.const 4) (local.get 0)))
      (i32.add (i32.const 1)))))

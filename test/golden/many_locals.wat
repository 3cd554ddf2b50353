;; More locals than registers: some live in the frame.
(module
  (func $f (export "f") (param i32 i32 i32 i32) (result i32) (local i32 i32 i32 i32 i32 i32 i32 i32)
    (local.set 4 (i32.add (local.get 0) (local.get 1))) (local.set 5 (i32.mul (local.get 4) (local.get 2)))
    (local.set 6 (i32.xor (local.get 5) (local.get 3))) (local.set 7 (i32.or (local.get 6) (local.get 4)))
    (local.set 8 (i32.and (local.get 7) (local.get 5))) (local.set 9 (i32.sub (local.get 8) (local.get 6)))
    (local.set 10 (i32.add (local.get 9) (local.get 7))) (local.set 11 (i32.mul (local.get 10) (local.get 8)))
    (i32.add (local.get 11) (i32.add (local.get 9) (local.get 0)))))

;; A function as compilers make them (one round of SHA-256 and its message schedule), which translate.cc repeats.
(module
  (memory 1)
  (func (export "body") (param $p i32) (result i32)
    (local $a i32) (local $b i32) (local $c i32) (local $e i32) (local $i i32) (local $t i32)
    (local.set $a (i32.load (local.get $p)))
    (local.set $b (i32.load offset=4 (local.get $p)))
    (local.set $c (i32.load offset=8 (local.get $p)))
    (local.set $e (i32.load offset=12 (local.get $p)))
    (block $done
      (loop $round
        (br_if $done (i32.ge_u (local.get $i) (i32.const 64)))
        (local.set $t
          (i32.add
            (i32.xor (i32.rotr (local.get $e) (i32.const 6))
              (i32.xor (i32.rotr (local.get $e) (i32.const 11)) (i32.rotr (local.get $e) (i32.const 25))))
            (i32.add
              (i32.xor (i32.and (local.get $e) (local.get $b))
                (i32.and (i32.xor (local.get $e) (i32.const -1)) (local.get $c)))
              (i32.load offset=64 (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2)))))))
        (i32.store offset=1024 (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2)))
          (local.get $t))
        (local.set $c (local.get $b))
        (local.set $b (local.get $a))
        (local.set $a (i32.add (local.get $t) (local.get $e)))
        (if (i32.and (local.get $t) (i32.const 1))
          (then (local.set $e (i32.rotl (local.get $e) (i32.const 3))))
          (else (local.set $e (i32.xor (local.get $e) (local.get $t)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $round)))
    (i32.add (local.get $a) (i32.add (local.get $b) (i32.add (local.get $c) (local.get $e))))))

;; Dense update C -= A' B on 4 x 4 tiles, two numbers at a time (WebAssembly SIMD, in every Node.js since 16).
;; A and B are packed: strips of four columns, each k rows of four numbers. Pointers and strides are in bytes.
;; Sums run over the k rows in order, so that the same input gives the same bits on every machine.
(module
  (memory (export "memory") 1)

  ;; One tile of C, row stride ldc, from one strip of A and one of B.
  (func $tile (param $k i32) (param $a i32) (param $b i32) (param $c i32) (param $ldc i32)
    (local $b0 v128) (local $b1 v128) (local $x v128)
    (local $c00 v128) (local $c01 v128) (local $c10 v128) (local $c11 v128)
    (local $c20 v128) (local $c21 v128) (local $c30 v128) (local $c31 v128)
    (loop $rows
      (local.set $b0 (v128.load (local.get $b)))
      (local.set $b1 (v128.load offset=16 (local.get $b)))
      (local.set $x (v128.load64_splat (local.get $a)))
      (local.set $c00 (f64x2.add (local.get $c00) (f64x2.mul (local.get $x) (local.get $b0))))
      (local.set $c01 (f64x2.add (local.get $c01) (f64x2.mul (local.get $x) (local.get $b1))))
      (local.set $x (v128.load64_splat offset=8 (local.get $a)))
      (local.set $c10 (f64x2.add (local.get $c10) (f64x2.mul (local.get $x) (local.get $b0))))
      (local.set $c11 (f64x2.add (local.get $c11) (f64x2.mul (local.get $x) (local.get $b1))))
      (local.set $x (v128.load64_splat offset=16 (local.get $a)))
      (local.set $c20 (f64x2.add (local.get $c20) (f64x2.mul (local.get $x) (local.get $b0))))
      (local.set $c21 (f64x2.add (local.get $c21) (f64x2.mul (local.get $x) (local.get $b1))))
      (local.set $x (v128.load64_splat offset=24 (local.get $a)))
      (local.set $c30 (f64x2.add (local.get $c30) (f64x2.mul (local.get $x) (local.get $b0))))
      (local.set $c31 (f64x2.add (local.get $c31) (f64x2.mul (local.get $x) (local.get $b1))))
      (local.set $a (i32.add (local.get $a) (i32.const 32)))
      (local.set $b (i32.add (local.get $b) (i32.const 32)))
      (br_if $rows (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
    (call $subtract (local.get $c) (local.get $c00) (local.get $c01))
    (local.set $c (i32.add (local.get $c) (local.get $ldc)))
    (call $subtract (local.get $c) (local.get $c10) (local.get $c11))
    (local.set $c (i32.add (local.get $c) (local.get $ldc)))
    (call $subtract (local.get $c) (local.get $c20) (local.get $c21))
    (local.set $c (i32.add (local.get $c) (local.get $ldc)))
    (call $subtract (local.get $c) (local.get $c30) (local.get $c31)))

  ;; Four numbers at c, less those of two pairs.
  (func $subtract (param $c i32) (param $low v128) (param $high v128)
    (v128.store (local.get $c) (f64x2.sub (v128.load (local.get $c)) (local.get $low)))
    (v128.store offset=16 (local.get $c) (f64x2.sub (v128.load offset=16 (local.get $c)) (local.get $high))))

  ;; All tiles on and above the diagonal: strip i of `rowStrips` of A with strips i .. `columnStrips` - 1 of B.
  (func (export "subtractUpper") (param $k i32) (param $rowStrips i32) (param $columnStrips i32)
        (param $a i32) (param $b i32) (param $c i32) (param $ldc i32)
    (local $i i32) (local $j i32) (local $strip i32)
    (local.set $strip (i32.mul (local.get $k) (i32.const 32)))
    (loop $rows
      (local.set $j (local.get $i))
      (loop $columns
        (call $tile
          (local.get $k)
          (i32.add (local.get $a) (i32.mul (local.get $i) (local.get $strip)))
          (i32.add (local.get $b) (i32.mul (local.get $j) (local.get $strip)))
          (i32.add (local.get $c)
            (i32.add (i32.mul (i32.mul (local.get $i) (i32.const 4)) (local.get $ldc))
                     (i32.mul (local.get $j) (i32.const 32))))
          (local.get $ldc))
        (br_if $columns
          (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $columnStrips))))
      (br_if $rows
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $rowStrips))))))

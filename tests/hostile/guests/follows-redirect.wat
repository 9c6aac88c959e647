;; Goes where the provider's redirect points: to a host that was not granted.
(data (i32.const 4096) "/redirect\00")
(func $list (result i32)
  (if (i32.load8_u (call $get (i32.const 4096))) (then (return (i32.const 512))))
  (call $header (i32.load (i32.const 520)) (i32.const 56) (i32.const 8) (i32.const 4160))
  (if (i32.eqz (i32.load8_u (i32.const 4160))) (then unreachable))
  ;; The text has no zero byte behind it yet.
  (i32.store8 (i32.add (i32.load (i32.const 4164)) (i32.load (i32.const 4168))) (i32.const 0))
  (call $tell (call $get (i32.load (i32.const 4164)))))

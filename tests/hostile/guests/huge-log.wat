;; Writes 100,000 lines of one letter to the log, and then answers as if nothing had been.
(data (i32.const 4096) "z")
(func $list (result i32)
  (local $line i32)
  (loop $next
    (call $log (i32.const 48) (i32.const 4) (i32.const 4096) (i32.const 1))
    (local.set $line (i32.add (local.get $line) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $line) (i32.const 100000))))
  (call $got_through))

;; Sends 2,000 requests in one call, and then says what came of the last.
(data (i32.const 4096) "/contacts\00")
(func $list (result i32)
  (local $sent i32)
  (loop $next
    (drop (call $get (i32.const 4096)))
    (local.set $sent (i32.add (local.get $sent) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $sent) (i32.const 2000))))
  (call $tell (i32.const 512)))

;; Asks for 100,000 timers and gives none back.
(import "wasi:clocks/monotonic-clock@0.2.6" "subscribe-duration" (func $subscribe (param i64) (result i32)))
(func $list (result i32)
  (local $handles i32)
  (loop $next
    (drop (call $subscribe (i64.const 1000000000)))
    (local.set $handles (i32.add (local.get $handles) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $handles) (i32.const 100000))))
  (call $got_through))

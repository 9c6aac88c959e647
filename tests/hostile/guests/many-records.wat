;; Returns 100,000 records where 25 were asked for.
(func $list (result i32)
  (local $at i32)
  (drop (memory.grow (i32.const 20)))
  (local.set $at (i32.const 65536))
  (loop $next
    (i32.store (local.get $at) (i32.const 72))
    (i32.store offset=4 (local.get $at) (i32.const 2))
    (local.set $at (i32.add (local.get $at) (i32.const 8)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 865536))))
  (drop (call $got_through))
  (i32.store (i32.const 268) (i32.const 65536))
  (i32.store (i32.const 272) (i32.const 100000))
  (i32.const 256))

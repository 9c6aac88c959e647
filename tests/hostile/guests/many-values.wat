;; Twenty-five records of 290 KB each, nothing but empty lists: parsed, they would take dozens of times that.
(func $list (result i32)
  (local $at i32)
  (drop (memory.grow (i32.const 16)))
  (i32.store8 (i32.const 65536) (i32.const 0x5b))
  (local.set $at (i32.const 65537))
  (loop $next
    ;; "[],"
    (i32.store (local.get $at) (i32.const 0x2c5d5b))
    (local.set $at (i32.add (local.get $at) (i32.const 3)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 353537))))
  ;; "0]"
  (i32.store16 (local.get $at) (i32.const 0x5d30))
  (drop (call $got_through))
  (i32.store (i32.const 268) (i32.const 458752))
  (i32.store (i32.const 272) (i32.const 25))
  (local.set $at (i32.const 0))
  (loop $next
    (i32.store offset=458752 (i32.mul (local.get $at) (i32.const 8)) (i32.const 65536))
    (i32.store offset=458756 (i32.mul (local.get $at) (i32.const 8)) (i32.const 288003))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 25))))
  (i32.const 256))

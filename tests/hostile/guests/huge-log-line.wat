;; Writes one line of 12 MiB to the log.
(func $list (result i32)
  (drop (memory.grow (i32.const 256)))
  (call $log (i32.const 48) (i32.const 4) (i32.const 65536) (i32.const 12582912))
  (call $got_through))

;; Ends its log line and begins another that looks like one of the host's, in colour.
(data (i32.const 4096) "all is well\r\n1999-01-01T00:00:00Z ERROR forged: \1b[31mthe key is leaked\00")
(func $list (result i32)
  (call $log (i32.const 48) (i32.const 4) (i32.const 4096) (call $length (i32.const 4096)))
  (call $got_through))

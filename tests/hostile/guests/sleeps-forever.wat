;; Waits for a timer that rings in centuries.
(import "wasi:clocks/monotonic-clock@0.2.6" "subscribe-duration" (func $subscribe (param i64) (result i32)))
(import "wasi:io/poll@0.2.6" "[method]pollable.block" (func $block (param i32)))
(func $list (result i32)
  (call $block (call $subscribe (i64.const 0x7fffffffffffffff)))
  (call $got_through))

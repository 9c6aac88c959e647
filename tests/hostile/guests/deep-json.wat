;; A record that is a million lists, one inside of the other.
(func $list (result i32)
  (drop (memory.grow (i32.const 20)))
  (memory.fill (i32.const 65536) (i32.const 0x5b) (i32.const 100000))
  (memory.fill (i32.const 165536) (i32.const 0x5d) (i32.const 100000))
  (call $record_of_length (i32.const 65536) (i32.const 200000)))

;; Three memories, each of them smaller than a connector may have.
(memory $second 1)
(memory $third 1)
(func $list (result i32)
  (drop (memory.grow (i32.const 400)))
  (drop (memory.grow $second (i32.const 400)))
  (if (i32.eq (memory.grow $third (i32.const 400)) (i32.const -1)) (then unreachable))
  (call $got_through))

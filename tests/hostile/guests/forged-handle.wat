;; Returns a record in an answer that it never got: it made the handle's number up.
(func $list (result i32)
  (drop (call $got_through))
  ;; documents::at(response 7, [])
  (i32.store (i32.const 264) (i32.const 0))
  (i32.store (i32.const 268) (i32.const 7))
  (i32.store (i32.const 272) (i32.const 4096))
  (i32.store (i32.const 276) (i32.const 0))
  (i32.const 256))

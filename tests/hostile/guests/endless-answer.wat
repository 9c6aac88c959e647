;; Gets an answer that never ends, as fast as the line gives it.
(data (i32.const 4096) "/flood\00")
(func $list (result i32) (call $tell (call $get (i32.const 4096))))

;; Sends a credential of its own.
(data (i32.const 4096) "Authorization\00")
(data (i32.const 4160) "Bearer stolen\00")
(data (i32.const 4224) "/contacts\00")
(func $list (result i32) (call $tell (call $get_with (i32.const 4224) (i32.const 4096) (i32.const 4160))))

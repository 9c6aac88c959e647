;; Smuggles a second header into the value of the first.
(data (i32.const 4096) "X-Harmless\00")
(data (i32.const 4160) "1\r\nAuthorization: Bearer stolen\00")
(data (i32.const 4224) "/contacts\00")
(func $list (result i32) (call $tell (call $get_with (i32.const 4224) (i32.const 4096) (i32.const 4160))))

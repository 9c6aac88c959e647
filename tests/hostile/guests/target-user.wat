;; A URL whose host looks like the provider's, but is a user name.
(data (i32.const 4096) "https://provider.example@{{canary}}/smuggled\00")
(func $list (result i32) (call $tell (call $get (i32.const 4096))))

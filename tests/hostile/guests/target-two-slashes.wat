;; A path that names another host.
(data (i32.const 4096) "//{{canary}}/smuggled\00")
(func $list (result i32) (call $tell (call $get (i32.const 4096))))

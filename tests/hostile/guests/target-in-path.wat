;; An absolute URL as a path: some clients would take it for the target.
(data (i32.const 4096) "/http://{{canary}}/smuggled\00")
(func $list (result i32) (call $tell (call $get (i32.const 4096))))

;; Leaves the base path, with encoded dots.
(data (i32.const 4096) "/%252e%252e/other-tenant/contacts\00")
(func $list (result i32) (call $tell (call $get (i32.const 4096))))

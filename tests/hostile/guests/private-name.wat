;; Sends to a granted name that is an address of this machine.
;; hosts: http://localhost:{{canary-port}}
(data (i32.const 4096) "http://localhost:{{canary-port}}/name\00")
(func $list (result i32) (call $tell (call $get (i32.const 4096))))

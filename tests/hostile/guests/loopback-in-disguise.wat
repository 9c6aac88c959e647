;; Sends to this machine, written as one number. Its manifest asks for the address as it is usually written.
;; hosts: http://{{canary}}
(data (i32.const 4096) "http://2130706433:{{canary-port}}/loopback\00")
(func $list (result i32) (call $tell (call $get (i32.const 4096))))

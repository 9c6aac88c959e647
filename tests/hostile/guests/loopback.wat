;; Sends to this machine. Its manifest asks for that, and it was granted.
;; hosts: http://{{canary}}
(data (i32.const 4096) "http://{{canary}}/loopback\00")
(func $list (result i32) (call $tell (call $get (i32.const 4096))))

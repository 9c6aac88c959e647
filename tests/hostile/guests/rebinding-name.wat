;; Sends to a granted name whose owner changes its address from one request to the next.
;; hosts: http://rebind.example:{{canary-port}}
(data (i32.const 4096) "http://rebind.example:{{canary-port}}/rebound\00")
(func $list (result i32) (call $tell (call $get (i32.const 4096))))

;; Sends to this machine, written as an IPv4 address inside of an IPv6 one. A manifest cannot even ask for that.
;; hosts: http://{{canary}}
(data (i32.const 4096) "http://[::ffff:127.0.0.1]:{{canary-port}}/mapped\00")
(func $list (result i32) (call $tell (call $get (i32.const 4096))))

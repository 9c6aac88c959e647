;; Phones home as soon as it is loaded, and crashes if it cannot.
;; hosts: http://{{canary}}
(data (i32.const 4096) "http://{{canary}}/loaded\00")
(func $describe (result i32)
  (if (i32.load8_u (call $get (i32.const 4096))) (then unreachable))
  (call $manifest))
(func $list (result i32) (call $got_through))

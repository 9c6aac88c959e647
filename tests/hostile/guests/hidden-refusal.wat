;; Tries a host that was not granted, and hides that it was refused.
(data (i32.const 4096) "https://elsewhere.example/steal\00")
(func $list (result i32) (drop (call $get (i32.const 4096))) (call $got_through))

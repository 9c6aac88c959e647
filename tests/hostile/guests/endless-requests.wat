;; Sends requests for ever, though all are refused: the host's work for them must count as the guest's.
(data (i32.const 4096) "https://elsewhere.example/steal\00")
(func $list (result i32) (loop $next (global.set $heap (i32.const 65536)) (drop (call $get (i32.const 4096))) (br $next)) unreachable)

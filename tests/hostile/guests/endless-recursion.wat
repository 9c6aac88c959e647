;; Calls itself and never returns.
(func $list (result i32) (drop (call $deeper (i32.const 0))) unreachable)
(func $deeper (param i32) (result i32) (i32.add (i32.const 1) (call $deeper (local.get 0))))

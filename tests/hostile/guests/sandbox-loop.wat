;; Its sandbox, which plays the provider, never answers.
(data (i32.const 4096) "/contacts\00")
(func $list (result i32) (call $tell (call $get (i32.const 4096))))
(func $handle (result i32) (loop (br 0)) unreachable)

;; Runs and never ends.
(func $list (result i32) (loop (br 0)) unreachable)

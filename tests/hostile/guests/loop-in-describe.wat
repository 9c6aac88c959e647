;; Never ends to say who it is.
(func $describe (result i32) (loop (br 0)) unreachable)
(func $list (result i32) (call $got_through))

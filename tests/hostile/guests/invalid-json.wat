;; Returns a record that is not JSON.
(data (i32.const 4096) "{\"id\":\00")
(func $list (result i32) (call $record (i32.const 4096)))

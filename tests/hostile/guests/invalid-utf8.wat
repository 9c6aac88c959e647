;; Returns a record that is not UTF-8.
(data (i32.const 4096) "{\"id\":\"\ff\fe\"}\00")
(func $list (result i32) (call $record (i32.const 4096)))

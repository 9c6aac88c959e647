;; What every guest stands on. The places in double braces are filled in; texts end with a zero byte.
;;
;; Memory: 16 results of describe, 32 constants, 256 a page of one record, 384 headers, 512 answers of http.send,
;; 1024 the manifest, 4096 a guest's own texts, 65536 the heap.
(module
  (import "routemcp:connector/http@0.1.0" "send"
    (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "routemcp:connector/http@0.1.0" "[method]response.header" (func $header (param i32 i32 i32 i32)))
  (import "routemcp:connector/log@0.1.0" "write" (func $log (param i32 i32 i32 i32)))
  {{imports}}

  (memory (export "memory") 4)
  (data (i32.const 32) "GET\00")
  (data (i32.const 40) "refused\00")
  (data (i32.const 48) "info\00")
  (data (i32.const 56) "location\00")
  (data (i32.const 72) "{\"id\":\"1\",\"first\":\"it got through\"}\00")
  (data (i32.const 1024) "{{manifest}}")
  (global $heap (mut i32) (i32.const 65536))

  (func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 15)) (i32.const -16)))
    (global.set $heap (i32.add (local.get $at) (local.get $size)))
    (if (i32.gt_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536)))
      (then (drop (memory.grow
        (i32.add (i32.const 1) (i32.shr_u (local.get $size) (i32.const 16)))))))
    (local.get $at))

  (func $length (param $text i32) (result i32)
    (local $end i32)
    (local.set $end (local.get $text))
    (loop $next
      (if (i32.load8_u (local.get $end))
        (then (local.set $end (i32.add (local.get $end) (i32.const 1))) (br $next))))
    (i32.sub (local.get $end) (local.get $text)))

  ;; A page with one record, the JSON text at $text.
  (func $record_of_length (param $text i32) (param $length i32) (result i32)
    (i64.store (i32.const 256) (i64.const 0))
    (i32.store (i32.const 264) (i32.const 1))
    (i32.store (i32.const 268) (i32.const 320))
    (i32.store (i32.const 272) (i32.const 1))
    (i64.store (i32.const 280) (i64.const 0))
    (i32.store (i32.const 320) (local.get $text))
    (i32.store (i32.const 324) (local.get $length))
    (i32.const 256))
  (func $record (param $text i32) (result i32)
    (call $record_of_length (local.get $text) (call $length (local.get $text))))
  (func $got_through (result i32) (call $record (i32.const 72)))

  ;; A failure of kind "refused" with the message at $text.
  (func $refused (param $text i32) (result i32)
    (i64.store (i32.const 256) (i64.const 1))
    (i32.store (i32.const 264) (i32.const 40))
    (i32.store (i32.const 268) (i32.const 7))
    (i32.store (i32.const 272) (local.get $text))
    (i32.store (i32.const 276) (call $length (local.get $text)))
    (i64.store (i32.const 280) (i64.const 0))
    (i64.store (i32.const 288) (i64.const 0))
    (i64.store (i32.const 304) (i64.const 0))
    (i32.const 256))

  ;; Sends GET $target; the answer is at 512: 0 and a response at 520, or 1 and a failure.
  (func $get (param $target i32) (result i32)
    (call $get_with (local.get $target) (i32.const 0) (i32.const 0)))
  (func $get_with (param $target i32) (param $name i32) (param $value i32) (result i32)
    (i32.store (i32.const 384) (local.get $name))
    (i32.store (i32.const 388) (call $length (local.get $name)))
    (i32.store (i32.const 392) (local.get $value))
    (i32.store (i32.const 396) (call $length (local.get $value)))
    (call $send
      (i32.const 32) (i32.const 3) (local.get $target) (call $length (local.get $target)) (i32.const 0) (i32.const 0)
      (i32.const 384) (i32.ne (local.get $name) (i32.const 0))
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 512))
    (i32.const 512))
  ;; Answers a list with what came of a request: its failure as it is, anything else as a record.
  (func $tell (param $answer i32) (result i32)
    (if (result i32) (i32.load8_u (local.get $answer))
      (then (local.get $answer))
      (else (call $got_through))))

  (func $manifest (result i32)
    (i32.store (i32.const 16) (i32.const 1024))
    (i32.store (i32.const 20) (i32.const {{manifest-length}}))
    (i32.const 16))

  {{sin}}

  (func (export "routemcp:connector/connector@0.1.0#describe") (result i32) (call $describe))
  (func (export "routemcp:connector/connector@0.1.0#list-records") (param i32) (result i32) (call $list))
  (func (export "routemcp:connector/connector@0.1.0#get-record")
    (param i32 i32 i32 i32 i32 i32) (result i32) unreachable)
  (func (export "routemcp:connector/connector@0.1.0#create-record")
    (param i32 i32 i32 i32 i32 i32) (result i32) unreachable)
  (func (export "routemcp:connector/connector@0.1.0#update-record")
    (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
  (func (export "routemcp:connector/connector@0.1.0#delete-record") (param i32 i32 i32 i32) (result i32) unreachable))

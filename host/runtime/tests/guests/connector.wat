;; The core module of a small connector; tests fill in the three places.
(module
  {{memory}}
  {{functions}}
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 2048))
  (func (export "routemcp:connector/connector@0.1.0#describe") (result i32) {{describe}})
  (func (export "routemcp:connector/connector@0.1.0#list-records") (param i32) (result i32) unreachable)
  (func (export "routemcp:connector/connector@0.1.0#get-record")
    (param i32 i32 i32 i32 i32 i32) (result i32) unreachable)
  (func (export "routemcp:connector/connector@0.1.0#create-record")
    (param i32 i32 i32 i32 i32 i32) (result i32) unreachable)
  (func (export "routemcp:connector/connector@0.1.0#update-record")
    (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
  (func (export "routemcp:connector/connector@0.1.0#delete-record")
    (param i32 i32 i32 i32) (result i32) unreachable))

;; Asks the cloud for the machine's own credentials. Its manifest asks for the address, and it was granted.
;; hosts: http://169.254.169.254
(data (i32.const 4096) "http://169.254.169.254/latest/meta-data/iam/security-credentials/\00")
(func $list (result i32) (call $tell (call $get (i32.const 4096))))

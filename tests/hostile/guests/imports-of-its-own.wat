;; Imports something that no host has.
(component (import "env:system/shell@1.0.0" (instance)))

//! What this call runs for. Never a secret: credentials do not enter a connector.

/// A setting of the connection or of the operator, such as "apiVersion"; none if it has no value.
pub fn setting(name: &str) -> Option<String> {
    crate::host::setting(name)
}

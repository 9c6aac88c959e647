//! Notes for the operator. The host cuts text beyond the call's allowance. Never log values of records.

/// For looking into a problem.
pub fn debug(message: impl AsRef<str>) {
    crate::host::log("debug", message.as_ref());
}

/// For the ordinary course of things.
pub fn info(message: impl AsRef<str>) {
    crate::host::log("info", message.as_ref());
}

/// Something was odd, and the call went on.
pub fn warn(message: impl AsRef<str>) {
    crate::host::log("warn", message.as_ref());
}

/// Something failed.
pub fn error(message: impl AsRef<str>) {
    crate::host::log("error", message.as_ref());
}

//! How a case ends.

/// Why a case did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The connector, its sandbox or the host does not do what it must.
    Fail(String),
    /// The case cannot be tried; says what would make it possible.
    Skip(String),
}

/// A passed case may have something to tell; most say nothing.
pub(super) type Verdict = Result<String, Stop>;

/// Passed, with nothing to tell.
pub(super) fn passed() -> Verdict {
    Ok(String::new())
}

/// A failure as an error.
pub(super) fn fail<T>(why: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Fail(why.into()))
}

/// A skipped case as an error.
pub(super) fn skip<T>(why: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Skip(why.into()))
}

/// Fails unless it holds.
pub(super) fn ensure(holds: bool, why: impl FnOnce() -> String) -> Result<(), Stop> {
    if holds { Ok(()) } else { fail(why()) }
}

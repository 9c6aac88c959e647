//! Times: [`Timestamp`] in Rust, whole milliseconds since the Unix epoch in the database.

use jiff::Timestamp;

/// The current time, cut to what the database keeps, so that what was written equals what is read back.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::now;

    #[test]
    fn now_has_no_part_below_a_millisecond() {
        assert_eq!(now().subsec_nanosecond() % 1_000_000, 0);
    }
}

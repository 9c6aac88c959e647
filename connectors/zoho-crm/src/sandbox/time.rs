//! Times as Zoho writes them: with the offset of the account's time zone and without milliseconds.

use routemcp_sdk::time;

/// The account's zone. It has an offset, so that nobody takes times for UTC, and no summer time.
pub(crate) const ZONE: &str = "Asia/Riyadh";
const OFFSET: &str = "+03:00";
const OFFSET_MS: i64 = 3 * 3_600_000;

/// "2026-05-04T11:15:30+03:00"
pub(crate) fn to_zoho(epoch_ms: i64) -> String {
    let iso = time::to_iso(epoch_ms + OFFSET_MS);
    let whole = iso.split('.').next().unwrap_or_default();
    format!("{whole}{OFFSET}")
}

/// Zoho takes times with an offset and without fractions only.
pub(crate) fn from_zoho(text: &str) -> Option<i64> {
    let plain = text.contains('T') && !text.contains('.') && !text.ends_with(['z', 'Z']);
    plain.then(|| time::from_iso(text)).flatten()
}

/// Whether a text is a date, "2026-05-04".
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && time::from_iso(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_an_offset_and_whole_seconds() {
        let text = to_zoho(1_777_882_530_120);
        assert_eq!(text, "2026-05-04T11:15:30+03:00");
        assert_eq!(from_zoho(&text), Some(1_777_882_530_000));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "2026-05-04T08:15:30Z",
            "2026-05-04T08:15:30.120+00:00",
            "2026-05-04",
            "soon",
        ] {
            assert_eq!(from_zoho(text), None, "{text}");
        }
        assert!(is_date("2026-05-04") && !is_date("2026-02-30") && !is_date("2026-05-04T08:15:30Z"));
    }
}

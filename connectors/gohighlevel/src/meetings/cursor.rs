//! Where a walk through all calendars stands.

use routemcp_sdk::prelude::*;

use crate::api::is_id;

const MARK: &str = "meetings:";
const DAY_MS: i64 = 86_400_000;
/// 1 January 2018, when HighLevel began. What is dated earlier was imported, and little.
const BEGINNING_MS: i64 = 1_514_764_800_000;
/// Half a year: HighLevel answers a window in one piece, and the host takes 8 MiB at most.
const WINDOW_MS: i64 = 180 * DAY_MS;
/// So far ahead windows are half a year long; the last one covers the rest up to the horizon.
const NEAR_MS: i64 = 365 * DAY_MS;
const HORIZON_MS: i64 = 10 * 365 * DAY_MS;

/// A position: everything before `from` in this calendar, and all of the calendars with smaller ids, is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// When the walk began, in milliseconds since the Unix epoch. It fixes the horizon, so that all pages agree on it.
    pub(crate) began_ms: i64,
    pub(crate) calendar: String,
    /// Where the next window begins.
    pub(crate) from_ms: i64,
    /// The last event given of those that begin at `from_ms`, in the order of ids; none if none was given.
    pub(crate) after: Option<String>,
}

impl Cursor {
    /// Before the first event of a calendar.
    pub(crate) fn start(began_ms: i64, calendar: String) -> Self {
        Self {
            began_ms,
            calendar,
            from_ms: 0,
            after: None,
        }
    }

    pub(crate) fn horizon_ms(&self) -> i64 {
        self.began_ms.saturating_add(HORIZON_MS)
    }

    /// Where the window at the position ends. The very first one reaches from the epoch to HighLevel's beginning.
    pub(crate) fn window_end_ms(&self) -> i64 {
        let near = self.began_ms.saturating_add(NEAR_MS);
        if self.from_ms < BEGINNING_MS {
            BEGINNING_MS
        } else if self.from_ms < near {
            near.min(self.from_ms + WINDOW_MS)
        } else {
            self.horizon_ms()
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        Self::parts(text).ok_or_else(|| {
            Failure::invalid_cursor("this cursor does not belong to a list of HighLevel appointments")
        })
    }

    fn parts(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix(MARK)?.split(':');
        let mut number = || {
            parts
                .next()?
                .parse::<i64>()
                .ok()
                .filter(|number| (0..1 << 53).contains(number))
        };
        let (began_ms, from_ms) = (number()?, number()?);
        let calendar = parts.next().filter(|id| is_id(id))?.to_owned();
        let after = match parts.next()? {
            "" => None,
            id => Some(id.to_owned()).filter(|id| is_id(id)).map(Some)?,
        };
        let cursor = Self {
            began_ms,
            calendar,
            from_ms,
            after,
        };
        (parts.next().is_none() && from_ms < cursor.horizon_ms()).then_some(cursor)
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            began_ms,
            calendar,
            from_ms,
            after,
        } = self;
        write!(
            out,
            "{MARK}{began_ms}:{from_ms}:{calendar}:{}",
            after.as_deref().unwrap_or_default()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_790_000_000_000;

    #[test]
    fn windows_meet_without_gap_from_the_epoch_to_the_horizon() {
        let mut cursor = Cursor::start(NOW_MS, "c".to_owned());
        let mut windows = 0;
        while cursor.from_ms < cursor.horizon_ms() {
            let end = cursor.window_end_ms();
            assert!(end > cursor.from_ms);
            cursor.from_ms = end;
            windows += 1;
        }
        assert_eq!((cursor.from_ms, windows), (NOW_MS + HORIZON_MS, 22));
    }

    #[test]
    fn a_cursor_survives_the_round_trip() {
        for after in [None, Some("ocQ_1729821600000_1800".to_owned())] {
            let cursor = Cursor {
                began_ms: NOW_MS,
                calendar: "B1cY".to_owned(),
                from_ms: NOW_MS + 5,
                after,
            };
            assert_eq!(Cursor::parse(&cursor.to_string()).unwrap(), cursor);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "meetings:",
            "meetings:1:2:c",
            "meetings:x:2:c:",
            "meetings:-1:2:c:",
            "meetings:1:2:c/d:",
            "meetings:1:2:c:e/f",
            "meetings:1:2:c:e:more",
            "meetings:1:9007199254740991:c:",
            "meetings:99999999999999999:2:c:",
            "deals:1:x",
        ] {
            assert!(Cursor::parse(text).unwrap_err().is("invalid-cursor"), "{text}");
        }
    }
}

//! Cursors of lists: where in which of Zoho's pages a walk stands.
//!
//! Zoho binds a page token to the page size, while our `limit` may change from page to page. So the page size of the first
//! call stays in the cursor, and an offset says how much of a page was handed out.

use routemcp_sdk::prelude::*;

/// Zoho publishes no length for its tokens; its API description stops at 100. This keeps nonsense from making a long URL.
const MAX_TOKEN_LENGTH: usize = 300;
/// The most that Zoho puts on a page.
const MAX_PER_PAGE: u32 = 200;

/// Which of Zoho's pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Position {
    /// By number, from 1.
    Page(u32),
    /// By `page_token`, which Zoho gives with the page before.
    Token(String),
}

/// Where a walk stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) per_page: u32,
    /// Records of the page that were handed out.
    pub(crate) offset: usize,
    pub(crate) position: Position,
}

/// What to hand out of a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) next: Option<Cursor>,
}

impl Cursor {
    /// The cursor of a query, or the beginning.
    pub(crate) fn of(query: &Query) -> Result<Self, Failure> {
        match &query.cursor {
            None => Ok(Self {
                per_page: query.limit.clamp(1, MAX_PER_PAGE),
                offset: 0,
                position: Position::Page(1),
            }),
            Some(text) => Self::parse(text).ok_or_else(foreign),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let per_page = parts.next().and_then(whole)?;
        let offset = parts.next().and_then(whole)?;
        let position = parts.next()?;
        let position = match position.split_at_checked(1)? {
            ("p", number) => Position::Page(whole(number).filter(|page| *page > 0)?),
            ("t", token) if plausible(token) => Position::Token(token.to_owned()),
            _ => return None,
        };
        let fits = (1..=MAX_PER_PAGE).contains(&per_page) && offset < per_page;
        fits.then_some(Self {
            per_page,
            offset: offset as usize,
            position,
        })
    }

    pub(crate) fn to_text(&self) -> String {
        let (per_page, offset) = (self.per_page, self.offset);
        match &self.position {
            Position::Page(number) => format!("{per_page}.{offset}.p{number}"),
            Position::Token(token) => format!("{per_page}.{offset}.t{token}"),
        }
    }

    /// What to hand out of this cursor's page, which has `count` records and is followed by the page at `following`.
    pub(crate) fn share(&self, count: usize, limit: u32, following: Option<Position>) -> Share {
        let from = self.offset.min(count);
        let to = count.min(from + limit as usize);
        let at = |offset, position| Self {
            per_page: self.per_page,
            offset,
            position,
        };
        let next = if to < count.min(self.per_page as usize) {
            Some(at(to, self.position.clone()))
        } else {
            following.map(|position| at(0, position))
        };
        Share { from, to, next }
    }
}

/// For a cursor that another list made, or nobody.
pub(crate) fn foreign() -> Failure {
    Failure::invalid_cursor("this cursor does not belong to this list of Zoho's")
}

/// Digits as [`Cursor::to_text`] writes them, so that every cursor has one spelling.
fn whole(text: &str) -> Option<u32> {
    text.parse::<u32>()
        .ok()
        .filter(|number| number.to_string() == text)
}

fn plausible(token: &str) -> bool {
    !token.is_empty() && token.len() <= MAX_TOKEN_LENGTH && token.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(offset: usize, position: Position) -> Cursor {
        Cursor {
            per_page: 50,
            offset,
            position,
        }
    }

    #[test]
    fn a_cursor_survives_being_text() {
        for (position, text) in [
            (Position::Page(3), "50.20.p3"),
            (Position::Token("c8.5x/=".to_owned()), "50.20.tc8.5x/="),
        ] {
            let cursor = cursor(20, position);
            assert_eq!(cursor.to_text(), text);
            assert_eq!(Cursor::parse(text), Some(cursor));
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in [
            "",
            "50",
            "50.0",
            "50.0.",
            "50.0.p0",
            "50.0.x1",
            "0.0.p1",
            "201.0.p1",
            "50.50.p1",
            "050.0.p1",
            "50.0.t",
            "50.0.ta b",
            "50.0.é",
            "-1.0.p1",
            "50.+1.p1",
        ] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_record_is_handed_out_once_whatever_the_limits() {
        for limits in [[50, 50, 50], [10, 7, 100], [100, 1, 33], [1, 100, 2]] {
            let (mut at, mut seen) = (Some(cursor(0, Position::Page(1))), Vec::new());
            for limit in limits.into_iter().cycle() {
                let Some(now) = at else { break };
                let Position::Page(page) = now.position else {
                    panic!("by number")
                };
                // Three pages: 50, 50 and 12 records.
                let (count, following) = if page < 3 {
                    (50, Some(Position::Page(page + 1)))
                } else {
                    (12, None)
                };
                let share = now.share(count, limit, following);
                assert!(share.to - share.from <= limit as usize);
                seen.extend((share.from..share.to).map(|index| (page - 1) as usize * 50 + index));
                at = share.next;
            }
            assert!(seen.into_iter().eq(0..112), "{limits:?}");
        }
    }

    #[test]
    fn a_page_that_shrank_is_not_read_beyond_its_end() {
        let share = cursor(40, Position::Page(1)).share(30, 10, Some(Position::Page(2)));
        assert_eq!((share.from, share.to), (30, 30));
        assert_eq!(share.next, Some(cursor(0, Position::Page(2))));
    }
}

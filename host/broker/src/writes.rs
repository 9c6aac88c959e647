//! What a call may have changed at the provider, as far as the network can tell.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::{Response, SendError};

/// What became of the writes of one call: requests other than GET and HEAD that do not say that they can be repeated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Writes {
    /// One was answered with success, or sent elsewhere: it is done, as far as the provider says.
    pub accepted: bool,
    /// One was sent and is under way, or got no answer that says whether it was carried out.
    pub unanswered: bool,
}

/// The books behind [`Writes`].
#[derive(Debug, Default)]
pub(crate) struct WriteBook {
    accepted: AtomicBool,
    unanswered: AtomicU32,
}

impl WriteBook {
    pub(crate) fn writes(&self) -> Writes {
        Writes {
            accepted: self.accepted.load(Ordering::Acquire),
            unanswered: self.unanswered.load(Ordering::Acquire) > 0,
        }
    }
}

/// One write, over all its attempts.
pub(crate) struct Write<'a> {
    /// None for a request that only reads.
    book: Option<&'a WriteBook>,
    /// Attempts that were sent and not answered.
    unanswered: AtomicU32,
}

impl<'a> Write<'a> {
    pub(crate) fn new(book: &'a WriteBook, writes: bool) -> Self {
        Self {
            book: writes.then_some(book),
            unanswered: AtomicU32::new(0),
        }
    }

    /// An attempt is about to leave. Counted before it does, so that one that is given up stays counted.
    pub(crate) fn leaves(&self) {
        if let Some(book) = self.book {
            book.unanswered.fetch_add(1, Ordering::AcqRel);
            self.unanswered.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// The attempt has ended.
    pub(crate) fn ended(&self, result: &Result<Response, SendError>) {
        let Some(book) = self.book else { return };
        let settled = match verdict(result) {
            Verdict::Accepted => {
                book.accepted.store(true, Ordering::Release);
                // A success says what the state is now, whatever earlier attempts did.
                self.unanswered.swap(0, Ordering::AcqRel)
            }
            Verdict::NotDone => {
                self.unanswered.fetch_sub(1, Ordering::AcqRel);
                1
            }
            Verdict::Unknown => 0,
        };
        book.unanswered.fetch_sub(settled, Ordering::AcqRel);
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Accepted,
    NotDone,
    Unknown,
}

/// What an attempt's end says about the write. A 5xx says nothing: a gateway gives it for work that went on behind it.
fn verdict(result: &Result<Response, SendError>) -> Verdict {
    match result {
        Ok(response) => match response.status {
            200..=399 => Verdict::Accepted,
            400..=499 | 501 => Verdict::NotDone,
            _ => Verdict::Unknown,
        },
        Err(
            SendError::FirstByteTimeout { .. }
            | SendError::TotalTimeout { .. }
            | SendError::Deadline
            | SendError::BrokenAnswer { .. }
            | SendError::ResponseTooLarge { .. }
            | SendError::TotalBytes { .. }
            | SendError::Transport { .. },
        ) => Verdict::Unknown,
        // No connection, or refused before there was one.
        Err(_) => Verdict::NotDone,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;

    type End = Option<Result<Response, SendError>>;

    fn answer(status: u16) -> End {
        Some(Ok(Response {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }))
    }

    fn broken() -> End {
        let (host, detail) = ("h".to_owned(), "d".to_owned());
        Some(Err(SendError::BrokenAnswer { host, detail }))
    }

    fn refused() -> End {
        let (host, detail) = ("h".to_owned(), "d".to_owned());
        Some(Err(SendError::Connect { host, detail }))
    }

    #[test]
    fn each_row_of_attempts_leaves_what_is_known() {
        // (ends of the attempts, none for one that was given up; accepted, unanswered)
        let cases = [
            (vec![], false, false),
            (vec![answer(201)], true, false),
            (vec![answer(303)], true, false),
            (vec![answer(400)], false, false),
            (vec![answer(429)], false, false),
            (vec![answer(500)], false, true),
            (vec![answer(503)], false, true),
            (vec![refused()], false, false),
            (vec![broken()], false, true),
            (vec![Some(Err(SendError::Deadline))], false, true),
            (
                vec![Some(Err(SendError::ResponseTooLarge { limit: 1 }))],
                false,
                true,
            ),
            (vec![None], false, true),
            // A delete that broke and is then not found may have been done the first time.
            (vec![broken(), answer(404)], false, true),
            (vec![broken(), answer(204)], true, false),
            (vec![refused(), answer(201)], true, false),
        ];
        for (ends, accepted, unanswered) in cases {
            let book = WriteBook::default();
            let write = Write::new(&book, true);
            for end in &ends {
                write.leaves();
                if let Some(result) = end {
                    write.ended(result);
                }
            }
            assert_eq!(book.writes(), Writes { accepted, unanswered }, "{ends:?}");
        }
    }

    #[test]
    fn reads_leave_no_trace_and_one_write_does_not_settle_another() {
        let book = WriteBook::default();
        let read = Write::new(&book, false);
        read.leaves();
        assert_eq!(book.writes(), Writes::default());
        let (first, second) = (Write::new(&book, true), Write::new(&book, true));
        first.leaves();
        second.leaves();
        second.ended(&answer(200).unwrap());
        assert_eq!(
            book.writes(),
            Writes {
                accepted: true,
                unanswered: true
            }
        );
    }
}

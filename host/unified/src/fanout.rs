//! One page out of several connections.
//!
//! Walking all pages must return every record exactly once, although connections end at different times, fail now and
//! then, and there may be more of them than a page has room for. It holds because a connection is never asked for more
//! than its share of the page and everything it answers goes out: nothing is cut off, so the connector's `next` is always
//! right behind the last record that the caller has seen. A connection that fails has delivered nothing and keeps its
//! place. (A connector's cursor must therefore not depend on the limit, which changes as connections end.)

use crate::cursor::Position;

/// What came of one connection while a page was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It answered; `next` is none after its last record.
    Page {
        /// The connector's cursor for what follows.
        next: Option<String>,
    },
    /// It failed: nothing was delivered.
    Failed,
    /// It had no share of this page.
    NotAsked,
}

/// Splits a page among connections: as evenly as possible, the first ones getting what is left over. The shares add up
/// to `limit` (if there is any connection), so a page never exceeds it. With more connections than records on a page, the
/// later ones get nothing this time.
pub fn shares(limit: u32, connections: usize) -> Vec<u32> {
    let limit = limit as usize;
    let (Some(each), Some(left_over)) = (limit.checked_div(connections), limit.checked_rem(connections))
    else {
        return Vec::new();
    };
    let share = |index: usize| each + usize::from(index < left_over);
    // A share is at most `limit`, so it fits.
    (0..connections)
        .map(|index| u32::try_from(share(index)).unwrap_or(u32::MAX))
        .collect()
}

/// Where the next page begins: connections without a share this time come first, so that none starves; then those that
/// go on or failed. A connection that reached its end leaves. Empty: this was the last page.
///
/// `outcomes` are in the order of `positions`; a position without an outcome was not asked.
pub fn advance(positions: &[Position], outcomes: &[Outcome]) -> Vec<Position> {
    let outcomes = outcomes.iter().chain(std::iter::repeat(&Outcome::NotAsked));
    let mut waiting = Vec::with_capacity(positions.len());
    let mut asked = Vec::new();
    for (position, outcome) in positions.iter().zip(outcomes) {
        match outcome {
            Outcome::NotAsked => waiting.push(position.clone()),
            Outcome::Failed => asked.push(position.clone()),
            Outcome::Page { next: Some(next) } => {
                asked.push(Position {
                    connection: position.connection.clone(),
                    cursor: Some(next.clone()),
                });
            }
            Outcome::Page { next: None } => {}
        }
    }
    waiting.extend(asked);
    waiting
}

#[cfg(test)]
mod tests;

//! Shares, the next page's positions, and whole walks with failing connections.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn position(connection: &str, cursor: Option<&str>) -> Position {
    Position {
        connection: connection.to_owned(),
        cursor: cursor.map(str::to_owned),
    }
}

fn page(next: Option<&str>) -> Outcome {
    Outcome::Page {
        next: next.map(str::to_owned),
    }
}

#[test]
fn a_page_is_split_evenly() {
    for (limit, connections, expected) in [
        (25, 0, vec![]),
        (25, 1, vec![25]),
        (25, 2, vec![13, 12]),
        (10, 4, vec![3, 3, 2, 2]),
        (3, 3, vec![1, 1, 1]),
        (2, 5, vec![1, 1, 0, 0, 0]),
    ] {
        assert_eq!(
            shares(limit, connections),
            expected,
            "{limit} among {connections}"
        );
    }
}

#[test]
fn positions_advance_wait_stay_or_leave() {
    let positions = [
        position("goes on", Some("1")),
        position("ends", Some("1")),
        position("fails", Some("1")),
        position("fails at once", None),
        position("waits", None),
        position("waits too", Some("9")),
    ];
    let outcomes = [
        page(Some("2")),
        page(None),
        Outcome::Failed,
        Outcome::Failed,
        Outcome::NotAsked,
    ];
    assert_eq!(
        advance(&positions, &outcomes),
        [
            position("waits", None),
            position("waits too", Some("9")),
            position("goes on", Some("2")),
            position("fails", Some("1")),
            position("fails at once", None),
        ]
    );
}

#[test]
fn when_all_have_ended_there_is_no_next_page() {
    assert_eq!(
        advance(
            &[position("a", None), position("b", None)],
            &[page(None), page(None)]
        ),
        []
    );
    assert_eq!(advance(&[], &[]), []);
}

/// Plays a connection with numbered records: its cursor is how many it has delivered.
fn answer(total: usize, position: &Position, share: u32) -> (Vec<usize>, Outcome) {
    let start: usize = position
        .cursor
        .as_deref()
        .map_or(0, |cursor| cursor.parse().unwrap());
    let end = total.min(start + share as usize);
    let next = (end < total).then(|| end.to_string());
    ((start..end).collect(), Outcome::Page { next })
}

/// Walks all pages. `fails` says for each call in turn whether it fails; when it runs out, none does.
fn walk(limit: u32, totals: &[usize], fails: &[bool]) -> Vec<Vec<(usize, usize)>> {
    let mut fails = fails.iter();
    let mut positions: Vec<_> = (0..totals.len())
        .map(|index| position(&index.to_string(), None))
        .collect();
    let mut pages = Vec::new();
    while !positions.is_empty() {
        let mut page = Vec::new();
        let mut outcomes = Vec::new();
        for (position, share) in positions.iter().zip(shares(limit, positions.len())) {
            let index: usize = position.connection.parse().unwrap();
            if share == 0 {
                outcomes.push(Outcome::NotAsked);
            } else if fails.next() == Some(&true) {
                outcomes.push(Outcome::Failed);
            } else {
                let (records, outcome) = answer(totals[index], position, share);
                page.extend(records.into_iter().map(|record| (index, record)));
                outcomes.push(outcome);
            }
        }
        positions = advance(&positions, &outcomes);
        pages.push(page);
    }
    pages
}

proptest! {
    #[test]
    fn shares_add_up_and_differ_by_one_at_most(limit in 1_u32..=100, connections in 1_usize..300) {
        let shares = shares(limit, connections);
        prop_assert_eq!(shares.len(), connections);
        prop_assert_eq!(shares.iter().sum::<u32>(), limit);
        let (least, most) = (shares.iter().min().unwrap(), shares.iter().max().unwrap());
        prop_assert!(most - least <= 1);
        prop_assert!(shares.is_sorted_by(|one, other| one >= other));
    }

    #[test]
    fn a_walk_returns_every_record_once_and_no_page_exceeds_the_limit(
        limit in 1_u32..=20,
        totals in proptest::collection::vec(0_usize..30, 1..12),
        fails in proptest::collection::vec(any::<bool>(), 0..40),
    ) {
        let pages = walk(limit, &totals, &fails);
        prop_assert!(pages.iter().all(|page| page.len() <= limit as usize));
        let mut seen: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (connection, record) in pages.into_iter().flatten() {
            seen.entry(connection).or_default().push(record);
        }
        for (connection, total) in totals.iter().enumerate() {
            let expected: Vec<usize> = (0..*total).collect();
            prop_assert_eq!(seen.remove(&connection).unwrap_or_default(), expected);
        }
    }

    #[test]
    fn no_connection_waits_longer_than_a_round(limit in 1_u32..=5, connections in 1_usize..20) {
        let endless = vec![1000; connections];
        let pages = walk(limit, &endless, &[]);
        let round = connections.div_ceil(limit as usize);
        for pages in pages.windows(round).take(50) {
            let mut asked: Vec<usize> = pages.iter().flatten().map(|(connection, _)| *connection).collect();
            asked.sort_unstable();
            asked.dedup();
            prop_assert_eq!(asked.len(), connections);
        }
    }
}

//! Tells whether what was read earlier is still what the database holds: everything that can change has a number that goes
//! up with each change.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::sync::atomic::{AtomicU64, Ordering};

use super::Change;

/// Topics share this many numbers, so that they need no room of their own. A change to another topic of the same number costs
/// a look at the database and does no harm.
const NUMBERS: usize = 4_096;

/// What a cached value depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Topic<'a> {
    /// Which API keys are in force.
    ApiKeys,
    /// The connections of an organisation.
    Connections(&'a str),
    /// The overrides of an organisation for a provider.
    Overrides(&'a str, &'a str),
}

/// When a value was read, in changes to its topic. Taken before the value is read, so that a change in between makes it old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp(u64);

/// The numbers.
pub(super) struct Generations {
    hashes: RandomState,
    /// Goes up when everything may have changed.
    all: AtomicU64,
    numbers: Box<[AtomicU64]>,
}

impl Default for Generations {
    fn default() -> Self {
        Self {
            hashes: RandomState::new(),
            all: AtomicU64::new(0),
            numbers: (0..NUMBERS).map(|_| AtomicU64::new(0)).collect(),
        }
    }
}

impl Generations {
    /// The present stamp of a topic. Both numbers only go up, so their sum is the same only if both are.
    pub(super) fn stamp(&self, topic: Topic<'_>) -> Stamp {
        let own = self
            .number(topic)
            .map_or(0, |number| number.load(Ordering::SeqCst));
        Stamp(self.all.load(Ordering::SeqCst).wrapping_add(own))
    }

    /// Makes all stamps old that the change concerns.
    pub(super) fn advance(&self, change: &Change) {
        let topic = match change {
            Change::Everything => {
                self.all.fetch_add(1, Ordering::SeqCst);
                return;
            }
            // The connectors that are live are no cache: whoever follows the changes brings them in line.
            Change::Connector { .. } => return,
            Change::ApiKeys => Topic::ApiKeys,
            Change::Connections { organisation_id } => Topic::Connections(organisation_id.as_str()),
            Change::Overrides {
                organisation_id,
                provider,
            } => Topic::Overrides(organisation_id.as_str(), provider),
        };
        if let Some(number) = self.number(topic) {
            number.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn number(&self, topic: Topic<'_>) -> Option<&AtomicU64> {
        let hash = self.hashes.hash_one(topic);
        let index = usize::try_from(hash % NUMBERS as u64).unwrap_or_default();
        self.numbers.get(index)
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Generations, Topic};

    const TOPICS: [Topic<'static>; 5] = [
        Topic::ApiKeys,
        Topic::Connections("org_1"),
        Topic::Connections("org_2"),
        Topic::Overrides("org_1", "hubspot"),
        Topic::Overrides("org_1", "zoho-crm"),
    ];

    /// Which topics a change makes old.
    fn aged(change: &Change) -> Vec<Topic<'static>> {
        // Topics that happen to share a number are not what this is about.
        loop {
            let generations = Generations::default();
            let numbers = TOPICS.map(|topic| generations.number(topic).unwrap() as *const _);
            if (1..TOPICS.len()).any(|at| numbers[..at].contains(&numbers[at])) {
                continue;
            }
            let before = TOPICS.map(|topic| generations.stamp(topic));
            generations.advance(change);
            let after = TOPICS.map(|topic| generations.stamp(topic));
            let changed = (0..TOPICS.len()).filter(|at| before[*at] != after[*at]);
            return changed.map(|at| TOPICS[at]).collect();
        }
    }

    #[test]
    fn a_change_makes_old_what_depends_on_it_and_nothing_else() {
        for (change, expected) in [
            (Change::ApiKeys, &TOPICS[..1]),
            (
                Change::Connections {
                    organisation_id: "org_2".into(),
                },
                &TOPICS[2..3],
            ),
            (
                Change::Overrides {
                    organisation_id: "org_1".into(),
                    provider: "hubspot".to_owned(),
                },
                &TOPICS[3..4],
            ),
            (
                Change::Connector {
                    slug: "hubspot".to_owned(),
                },
                &[],
            ),
            (Change::Everything, &TOPICS[..]),
        ] {
            assert_eq!(aged(&change), expected, "{change:?}");
        }
    }
}

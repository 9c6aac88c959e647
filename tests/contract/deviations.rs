//! What was found over all exchanges, less what is deliberate.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};

use serde::Deserialize;

/// A difference from a provider's description that is meant.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deviation {
    /// The connector's slug.
    provider: String,
    /// Method and path template, or `*` for any.
    operation: String,
    /// The place, as a violation has it. `**` stands for any text.
    at: String,
    /// Why it is right.
    reason: String,
}

/// The same fault of one operation, however often it was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    pub(crate) provider: String,
    pub(crate) operation: String,
    pub(crate) at: String,
}

/// Everything found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    violations: BTreeMap<Violation, Seen>,
}

#[derive(Debug)]
struct Seen {
    times: usize,
    what: String,
    example: String,
}

/// The deviations in the file.
pub(crate) fn deliberate() -> Vec<Deviation> {
    serde_json::from_str(include_str!("deviations.json"))
        .expect("deviations.json is not a list of deviations")
}

impl Deviation {
    fn covers(&self, violation: &Violation) -> bool {
        let operation = self.operation == "*" || self.operation == violation.operation;
        operation && self.provider == violation.provider && fits(&self.at, &violation.at)
    }
}

/// Whether a text is one of a pattern's, in which `**` stands for any text, once.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once("**") {
        Some((start, end)) => text.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        None => pattern == text,
    }
}

impl Findings {
    /// Notes a violation with what it says and the exchange it was seen in.
    pub(crate) fn add(&mut self, violation: Violation, what: &str, example: &str) {
        let first = || Seen {
            times: 0,
            what: what.to_owned(),
            example: example.to_owned(),
        };
        self.violations.entry(violation).or_insert_with(first).times += 1;
    }

    /// What is wrong: violations that no deviation covers, deviations without a reason, and deviations that nothing needs
    /// any more at the providers that were looked at.
    pub(crate) fn complaints(&self, deviations: &[Deviation], looked_at: &BTreeSet<&str>) -> Vec<String> {
        let mut complaints = Vec::new();
        for (violation, seen) in &self.violations {
            if !deviations.iter().any(|deviation| deviation.covers(violation)) {
                complaints.push(format!("{violation}\n    {seen}"));
            }
        }
        for deviation in deviations {
            let Deviation {
                provider,
                operation,
                at,
                reason,
            } = deviation;
            let used = self
                .violations
                .keys()
                .any(|violation| deviation.covers(violation));
            if !used && looked_at.contains(provider.as_str()) {
                complaints.push(format!(
                    "deviations.json has an entry that nothing needs: {provider}: {operation}: {at}"
                ));
            }
            if reason.trim().is_empty() {
                complaints.push(format!(
                    "deviations.json has an entry without a reason: {provider}: {operation}: {at}"
                ));
            }
        }
        complaints
    }
}

impl Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.provider, self.operation, self.at)
    }
}

impl Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\n    seen {} times, first in {}",
            self.what, self.times, self.example
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Deviation, Findings, Violation, fits};

    fn violation(at: &str) -> Violation {
        Violation {
            provider: "pets".to_owned(),
            operation: "GET /pets".to_owned(),
            at: at.to_owned(),
        }
    }

    fn deviation(operation: &str, at: &str, reason: &str) -> Deviation {
        let [operation, at, reason] = [operation, at, reason].map(str::to_owned);
        Deviation {
            provider: "pets".to_owned(),
            operation,
            at,
            reason,
        }
    }

    fn findings() -> Findings {
        let mut findings = Findings::default();
        findings.add(
            violation("response 200 /*/id"),
            "is not a string",
            "GET /pets -> 200",
        );
        findings.add(
            violation("response 200 /*/id"),
            "is not a string either",
            "GET /pets?limit=1 -> 200",
        );
        findings
    }

    #[test]
    fn the_same_violation_is_told_once() {
        let complaints = findings().complaints(&[], &BTreeSet::new());
        assert_eq!(complaints.len(), 1);
        for part in [
            "pets: GET /pets: response 200 /*/id",
            "is not a string",
            "2 times",
            "GET /pets -> 200",
        ] {
            assert!(complaints[0].contains(part), "{}", complaints[0]);
        }
    }

    #[test]
    fn a_deviation_covers_its_own_place_at_one_operation_or_all() {
        let looked_at = BTreeSet::from(["pets"]);
        for operation in ["GET /pets", "*"] {
            let known = deviation(operation, "response 200 /*/id", "seen in traffic");
            assert_eq!(findings().complaints(&[known], &looked_at), Vec::<String>::new());
        }
        for (operation, at) in [
            ("GET /pets", "response 200 /*"),
            ("PUT /pets", "response 200 /*/id"),
        ] {
            let complaints = findings().complaints(&[deviation(operation, at, "why")], &looked_at);
            assert_eq!(
                complaints.len(),
                2,
                "the violation, and the entry that covers nothing: {complaints:?}"
            );
        }
    }

    #[test]
    fn two_stars_are_any_text() {
        assert!(fits("response 200 /** = null", "response 200 /data/*/id = null"));
        assert!(fits("response 200 /** = null", "response 200 / = null"));
        for other in [
            "response 200 /data/*/id",
            "response 201 /id = null",
            "response 200 = null",
        ] {
            assert!(!fits("response 200 /** = null", other), "{other}");
        }
    }

    #[test]
    fn deviations_need_a_reason_and_a_use_where_their_provider_was_looked_at() {
        let unused = deviation("GET /pets", "response 404", "why");
        assert_eq!(
            Findings::default()
                .complaints(std::slice::from_ref(&unused), &BTreeSet::from(["pets"]))
                .len(),
            1
        );
        assert_eq!(
            Findings::default()
                .complaints(&[unused], &BTreeSet::from(["shops"]))
                .len(),
            0
        );
        let unexplained = deviation("*", "response 200 /*/id", " ");
        assert_eq!(
            findings()
                .complaints(&[unexplained], &BTreeSet::from(["pets"]))
                .len(),
            1
        );
    }
}

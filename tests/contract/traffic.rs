//! The test: everything that every connector says and hears.

use std::collections::BTreeSet;
use std::io::Write as _;

use futures::future::join_all;

use crate::deviations::{self, Findings, Violation};
use crate::provider::{self, Subject};
use crate::specification::Specification;
use crate::tour::{self, Recorded};

#[tokio::test(flavor = "multi_thread")]
async fn connectors_and_sandboxes_speak_as_the_providers_describe() {
    let descriptions = match provider::descriptions() {
        Ok(folder) => folder,
        Err(folder) => {
            note(&format!(
                "SKIPPED: no provider descriptions in {}",
                folder.display()
            ));
            return;
        }
    };
    let subjects = provider::subjects(&descriptions);
    assert!(
        !subjects.is_empty(),
        "no connector is built and described; `make connectors` builds them"
    );
    let recorded = join_all(subjects.iter().map(tour::run)).await;
    let mut findings = Findings::default();
    for (subject, recorded) in subjects.iter().zip(&recorded) {
        look_at(subject, recorded, &mut findings);
    }
    let looked_at: BTreeSet<&str> = subjects.iter().map(|subject| subject.slug).collect();
    let complaints = findings.complaints(&deviations::deliberate(), &looked_at);
    assert!(
        complaints.is_empty(),
        "{} violations\n\n{}\n",
        complaints.len(),
        complaints.join("\n\n")
    );
}

fn look_at(subject: &Subject, recorded: &Recorded, findings: &mut Findings) {
    let specification = Specification::read(&subject.description);
    let mut operations = BTreeSet::new();
    for exchange in &recorded.exchanges {
        let mut described = exchange.clone();
        described.path = provider::described_path(subject.slug, &exchange.path);
        let (operation, faults) = specification.check(&described);
        for fault in faults {
            let (provider, operation) = (subject.slug.to_owned(), operation.clone());
            findings.add(
                Violation {
                    provider,
                    operation,
                    at: fault.at,
                },
                &fault.what,
                &exchange.summary(),
            );
        }
        operations.insert(operation);
    }
    let Recorded {
        exchanges,
        output,
        seconds,
    } = recorded;
    let suite = output.lines().last().unwrap_or_default();
    note(&format!(
        "{}: {} different exchanges of {} operations in {seconds} s (suite: {suite})",
        subject.slug,
        exchanges.len(),
        operations.len(),
    ));
    assert!(
        exchanges.len() > 10,
        "{} was hardly asked anything:\n{output}",
        subject.slug
    );
}

/// Written past the test runner, which shows nothing of tests that pass.
fn note(line: &str) {
    let _ = writeln!(std::io::stderr(), "contract: {line}");
}

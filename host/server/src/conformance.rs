//! One suite for every connector, driven by its manifest: what `routemcp connector test` runs.
//!
//! The whole host runs in this process ([`setup`]) and is called through its router ([`client`]), so a case sees what a
//! product team sees. Cases ([`cases`]) are told as they end ([`report`]).

mod answer;
mod cases;
mod client;
mod compare;
mod example;
mod identifiers;
mod measure;
mod report;
mod setup;
mod shape;
mod subject;
mod verdict;

use std::path::PathBuf;

use anyhow::bail;
use routemcp_unified::schema::Resource;
use url::Url;

use cases::{Case, ConnectionCase};
use client::{Client, END_USER};
use report::{CaseReport, Report};
use setup::Bench;
use subject::Subject;
use verdict::{Stop, Verdict};

pub(crate) use measure::{Measured, measure};

/// What to run.
pub(crate) struct Options {
    /// The connector.
    pub(crate) file: PathBuf,
    /// Where a simulator of the provider listens; none plays the connector's own sandbox in this process.
    pub(crate) base_url: Option<Url>,
    /// Only this case, resource, or `resource/case`.
    pub(crate) only: Option<String>,
}

/// Runs the suite and tells it line by line.
///
/// # Errors
/// When the suite cannot run at all. Failed cases are in the report.
pub(crate) async fn run(options: &Options, tell: &dyn Fn(&str)) -> anyhow::Result<Report> {
    let bench = Bench::start(&options.file, options.base_url.as_ref()).await?;
    let client = Client::new(bench).await?;
    let connected = client.connect(END_USER, &client.bench.sandbox.token).await;
    if let Err(Stop::Fail(why) | Stop::Skip(why)) = connected {
        bail!("the connection to test with cannot be made: {why}");
    }
    let memory_limit = client.bench.app.runtime.limits().memory_bytes;
    let report = Report {
        memory_limit,
        ..Report::default()
    };
    let number = getrandom::u32()?;
    let mut run = Run {
        client: &client,
        options,
        tell,
        report,
        number,
    };
    run.greet();
    for resource in Resource::ALL {
        run.resource(resource).await;
    }
    run.connection().await;
    let Run { mut report, .. } = run;
    if report.cases.is_empty() {
        bail!(
            "no case is called `{}`",
            options.only.as_deref().unwrap_or_default()
        );
    }
    report.usage = client.usage();
    tell("");
    tell(&report.usage_line());
    tell(&report.closing_line());
    Ok(report)
}

/// A run under way.
struct Run<'a> {
    client: &'a Client,
    options: &'a Options,
    tell: &'a dyn Fn(&str),
    report: Report,
    /// Tells this run from others on the same sandbox.
    number: u32,
}

impl Run<'_> {
    fn greet(&self) {
        let manifest = &self.client.bench.manifest;
        let against = match &self.options.base_url {
            None => "its own sandbox".to_owned(),
            Some(url) => url.to_string(),
        };
        (self.tell)(&format!(
            "{} {} ({}) against {against}",
            manifest.slug, manifest.version, manifest.name
        ));
    }

    async fn resource(&mut self, resource: Resource) {
        let client = self.client;
        let group = resource.name();
        let Some(declared) = client.bench.manifest.resource(resource) else {
            if self.wanted(group, cases::ABSENT) {
                let verdict = cases::absent(client, resource).await;
                self.ended(group, cases::ABSENT, verdict);
            }
            return;
        };
        let subject = Subject::new(client, resource, declared, self.number);
        for case in Case::ALL {
            if case.applies(resource, declared) && self.wanted(group, case.name()) {
                let verdict = case.run(&subject).await;
                subject.tidy().await;
                self.ended(group, case.name(), verdict);
            }
        }
    }

    async fn connection(&mut self) {
        for case in ConnectionCase::ALL {
            if self.wanted(cases::CONNECTION, case.name()) {
                let verdict = case.run(self.client).await;
                self.ended(cases::CONNECTION, case.name(), verdict);
            }
        }
    }

    fn wanted(&self, group: &str, name: &str) -> bool {
        self.options
            .only
            .as_deref()
            .is_none_or(|only| selects(only, group, name))
    }

    fn ended(&mut self, group: &str, name: &'static str, verdict: Verdict) {
        if self.report.cases.last().is_none_or(|last| last.group != group) {
            (self.tell)(&format!("\n{group}"));
        }
        let case = CaseReport {
            group: group.to_owned(),
            name,
            verdict,
        };
        (self.tell)(&case.line());
        self.report.cases.push(case);
    }
}

/// Whether `--only` means this case.
fn selects(only: &str, group: &str, name: &str) -> bool {
    match only.split_once('/') {
        Some((wanted_group, wanted_name)) => wanted_group == group && wanted_name == name,
        None => only == group || only == name,
    }
}

#[cfg(test)]
mod tests {
    use super::selects;

    #[test]
    fn a_case_is_selected_by_its_name_its_resource_or_both() {
        assert!(selects("walk", "contact", "walk"));
        assert!(selects("contact", "contact", "walk"));
        assert!(selects("contact/walk", "contact", "walk"));
        assert!(!selects("lead/walk", "contact", "walk"));
        assert!(!selects("wal", "contact", "walk"));
    }
}

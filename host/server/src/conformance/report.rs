//! What came of a run, for people.

use std::time::Duration;

use super::verdict::{Stop, Verdict};

/// Width of the column with the names of cases; the longest is `updated-since`.
const NAME_WIDTH: usize = 14;

/// One case of one group.
#[derive(Debug)]
pub(crate) struct CaseReport {
    /// The resource, or `connection`.
    pub(super) group: String,
    pub(super) name: &'static str,
    pub(super) verdict: Verdict,
}

/// What the calls took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    pub(super) calls: u64,
    pub(super) slowest: Duration,
    /// Method and target of the slowest call.
    pub(super) slowest_call: String,
    /// The most linear memory that a call of the connector had, in bytes.
    pub(super) memory_bytes: usize,
    /// CPU time of the connector's own code, over all calls.
    pub(super) cpu: Duration,
}

/// A whole run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(super) cases: Vec<CaseReport>,
    pub(super) usage: Usage,
    /// What a call may have, in bytes.
    pub(super) memory_limit: usize,
}

impl CaseReport {
    /// The case's line; further lines of a reason are indented below it.
    pub(super) fn line(&self) -> String {
        let (word, text) = match &self.verdict {
            Ok(note) => ("pass", note),
            Err(Stop::Fail(why)) => ("FAIL", why),
            Err(Stop::Skip(why)) => ("skip", why),
        };
        let indent = " ".repeat("  pass  ".len() + NAME_WIDTH);
        let text = text.trim_end().replace('\n', &format!("\n{indent}"));
        format!("  {word}  {:<NAME_WIDTH$}{text}", self.name)
            .trim_end()
            .to_owned()
    }
}

impl Report {
    /// How many cases failed.
    pub(crate) fn failed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Err(Stop::Fail(_))))
    }

    fn count(&self, of: impl Fn(&Verdict) -> bool) -> usize {
        self.cases.iter().filter(|case| of(&case.verdict)).count()
    }

    /// What the calls took.
    pub(super) fn usage_line(&self) -> String {
        let Usage {
            calls,
            slowest,
            slowest_call,
            memory_bytes,
            ..
        } = &self.usage;
        let mebibytes = |bytes: usize| bytes as f64 / f64::from(1 << 20);
        format!(
            "{calls} calls, the slowest {} ms: {slowest_call}; peak memory {:.1} MiB of {:.0} MiB",
            slowest.as_millis(),
            mebibytes(*memory_bytes),
            mebibytes(self.memory_limit),
        )
    }

    /// `N passed, N failed, N skipped`
    pub(super) fn closing_line(&self) -> String {
        format!(
            "{} passed, {} failed, {} skipped",
            self.count(Result::is_ok),
            self.failed(),
            self.count(|verdict| matches!(verdict, Err(Stop::Skip(_)))),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::verdict::{fail, passed, skip};
    use super::{CaseReport, Report, Usage, Verdict};

    fn case(name: &'static str, verdict: Verdict) -> CaseReport {
        CaseReport {
            group: "contact".to_owned(),
            name,
            verdict,
        }
    }

    #[test]
    fn a_line_has_the_verdict_the_name_and_the_reason_below_itself() {
        assert_eq!(case("list", passed()).line(), "  pass  list");
        let failed = case("create", fail("two fields differ\nemail: lost"));
        assert_eq!(
            failed.line(),
            "  FAIL  create        two fields differ\n                      email: lost"
        );
        assert_eq!(
            case("merge", skip("no example")).line(),
            "  skip  merge         no example"
        );
    }

    #[test]
    fn the_end_counts_every_case_once() {
        let cases = vec![
            case("list", passed()),
            case("walk", Ok("9 records".to_owned())),
            case("get", fail("no")),
            case("create", skip("no example")),
        ];
        let usage = Usage {
            calls: 12,
            slowest: Duration::from_millis(250),
            slowest_call: "GET /api/v1/contact".to_owned(),
            memory_bytes: 3 << 19,
            ..Usage::default()
        };
        let report = Report {
            cases,
            usage,
            memory_limit: 64 << 20,
        };
        assert_eq!(report.closing_line(), "2 passed, 1 failed, 1 skipped");
        assert_eq!(report.failed(), 1);
        assert_eq!(
            report.usage_line(),
            "12 calls, the slowest 250 ms: GET /api/v1/contact; peak memory 1.5 MiB of 64 MiB"
        );
    }
}

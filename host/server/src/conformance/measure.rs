//! What requests cost: `routemcp connector bench`. Every number is of a request that the whole host answers; only the network
//! to and from a caller is left out.

use std::time::Duration;

use anyhow::bail;
use http::{Method, StatusCode};
use routemcp_unified::schema::{Operation, Resource};

use super::answer::{Answer, id};
use super::client::{Client, END_USER};
use super::setup::Bench;
use super::subject::Subject;
use super::verdict::Stop;
use super::{Options, selects};

/// Records of a page that is measured; the usual page of a user interface.
const PAGE: &str = "25";

/// What one operation took, over all its calls.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    /// `contact.list` and so on.
    pub(crate) name: String,
    /// Whole requests.
    pub(crate) total: Vec<Duration>,
    /// The connector: a fresh instance, its own code, and the host's work on what it asks for and answers.
    pub(crate) connector: Vec<Duration>,
    /// The provider, or the sandbox that plays it.
    pub(crate) provider: Vec<Duration>,
    /// The rest: routing, keys, mapping.
    pub(crate) host: Vec<Duration>,
    /// CPU time of the connector's own code, over all calls.
    pub(crate) cpu: Duration,
    /// The most linear memory of a call, in bytes.
    pub(crate) memory_bytes: usize,
}

/// Measures `calls` requests of every operation that needs no more than the sandbox's data and examples.
///
/// # Errors
/// When the connector cannot be measured, or an operation fails.
pub(crate) async fn measure(options: &Options, calls: usize) -> anyhow::Result<Vec<Measured>> {
    let bench = Bench::start(&options.file, options.base_url.as_ref()).await?;
    let client = Client::new(bench).await?;
    let token = client.bench.sandbox.token.clone();
    if let Err(stop) = client.connect(END_USER, &token).await {
        bail!("the connection to measure with cannot be made: {}", why(stop));
    }
    let number = getrandom::u32()?;
    let mut measured = Vec::new();
    for (resource, declared) in &client.bench.manifest.resources {
        let subject = Subject::new(&client, *resource, declared, number);
        for operation in [
            Operation::List,
            Operation::Get,
            Operation::Create,
            Operation::Delete,
        ] {
            let wanted = options
                .only
                .as_deref()
                .is_none_or(|only| selects(only, resource.name(), operation.name()));
            if !wanted || !declared.supports(operation) {
                continue;
            }
            match one(&subject, *resource, operation, calls).await {
                Ok(done) => measured.push(done),
                Err(Stop::Skip(_)) => {}
                Err(stop) => bail!("{}.{}: {}", resource.name(), operation.name(), why(stop)),
            }
        }
        subject.tidy().await;
    }
    Ok(measured)
}

fn why(stop: Stop) -> String {
    match stop {
        Stop::Fail(why) | Stop::Skip(why) => why,
    }
}

async fn one(
    subject: &Subject<'_>,
    resource: Resource,
    operation: Operation,
    calls: usize,
) -> Result<Measured, Stop> {
    let mut measured = Measured {
        name: format!("{}.{}", resource.name(), operation.name()),
        ..Measured::default()
    };
    for number in 0..=calls {
        let (answer, cpu, memory_bytes) = call(subject, operation).await?;
        // The first fills caches that every later one finds.
        if number == 0 {
            continue;
        }
        measured.memory_bytes = measured.memory_bytes.max(memory_bytes);
        measured.cpu += cpu;
        for (name, part) in [
            ("total", &mut measured.total),
            ("connector", &mut measured.connector),
            ("provider", &mut measured.provider),
            ("host", &mut measured.host),
        ] {
            part.push(timing(&answer, name));
        }
    }
    Ok(measured)
}

/// One call of an operation, with what it needs made before and not measured.
async fn call(subject: &Subject<'_>, operation: Operation) -> Result<(Answer, Duration, usize), Stop> {
    let client = subject.client;
    let target = match operation {
        Operation::Get => Some(id(subject.any().await?).to_owned()),
        Operation::Delete => Some(id(&subject.create(&subject.example()?).await?).to_owned()),
        _ => None,
    };
    let before = client.usage();
    let answer = match operation {
        Operation::Create => subject.try_create(&subject.example()?).await?,
        Operation::List => subject.call(&Method::GET, None, &[("limit", PAGE)], None).await?,
        Operation::Delete => {
            subject
                .call(&Method::DELETE, target.as_deref(), &[], None)
                .await?
        }
        _ => subject.call(&Method::GET, target.as_deref(), &[], None).await?,
    };
    let expected = match operation {
        Operation::Create => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    let after = client.usage();
    let answer = answer.succeeded(expected)?;
    Ok((answer, after.cpu.saturating_sub(before.cpu), after.memory_bytes))
}

/// A part of an answer's `Server-Timing`.
fn timing(answer: &Answer, part: &str) -> Duration {
    let header = answer.headers.get("server-timing");
    let text = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let milliseconds = text.split(", ").find_map(|entry| {
        let value = entry.strip_prefix(part)?.strip_prefix(";dur=")?;
        value.parse::<f64>().ok()
    });
    Duration::try_from_secs_f64(milliseconds.unwrap_or_default() / 1_000.0).unwrap_or_default()
}

impl Measured {
    /// A table with a line for each operation.
    pub(crate) fn table(all: &[Self]) -> Vec<String> {
        let head = [
            "operation",
            "calls",
            "median",
            "p99",
            "connector",
            "provider",
            "host",
            "CPU/call",
            "memory",
        ];
        let rows = all.iter().map(Self::row);
        let rows: Vec<[String; 9]> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
        let widths: Vec<usize> = (0..head.len())
            .map(|column| {
                let cells = rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
            })
            .collect();
        let line = |row: &[String; 9]| {
            let cells = row
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(column, (cell, width))| match column {
                    0 => format!("{cell:<width$}"),
                    _ => format!("{cell:>width$}"),
                });
            cells.collect::<Vec<_>>().join("  ")
        };
        rows.iter().map(line).collect()
    }

    fn row(&self) -> [String; 9] {
        let calls = u32::try_from(self.total.len()).unwrap_or(u32::MAX).max(1);
        [
            self.name.clone(),
            self.total.len().to_string(),
            shown(quantile(&self.total, 50)),
            shown(quantile(&self.total, 99)),
            shown(quantile(&self.connector, 50)),
            shown(quantile(&self.provider, 50)),
            shown(quantile(&self.host, 50)),
            shown(self.cpu / calls),
            format!("{} KiB", self.memory_bytes >> 10),
        ]
    }
}

fn shown(duration: Duration) -> String {
    format!("{:.3} ms", duration.as_secs_f64() * 1_000.0)
}

/// The value that `percent` of all are not above.
fn quantile(values: &[Duration], percent: usize) -> Duration {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::{Answer, Measured, quantile, timing};

    #[test]
    fn quantiles_are_values_that_occurred() {
        let values: Vec<Duration> = [5, 1, 4, 2, 3].map(Duration::from_millis).into();
        assert_eq!(quantile(&values, 50), Duration::from_millis(3));
        assert_eq!(quantile(&values, 99), Duration::from_millis(5));
        assert_eq!(quantile(&[], 50), Duration::ZERO);
    }

    #[test]
    fn parts_are_read_from_the_answers_header() {
        let text = "total;dur=5.000, provider;dur=2.500, connector;dur=1.500, host;dur=1.000";
        let answer = Answer {
            call: String::new(),
            status: StatusCode::OK,
            headers: HeaderMap::from_iter([(
                http::HeaderName::from_static("server-timing"),
                HeaderValue::from_static(text),
            )]),
            body: serde_json::Value::Null,
        };
        assert_eq!(timing(&answer, "connector"), Duration::from_micros(1_500));
        assert_eq!(timing(&answer, "nothing"), Duration::ZERO);
    }

    #[test]
    fn the_table_has_a_line_for_each_operation() {
        let measured = Measured {
            name: "contact.list".to_owned(),
            total: vec![Duration::from_millis(2)],
            memory_bytes: 1 << 20,
            cpu: Duration::from_micros(500),
            ..Measured::default()
        };
        let table = Measured::table(&[measured]);
        assert_eq!(table.len(), 2);
        assert!(
            table[1].starts_with("contact.list      1  2.000 ms  2.000 ms"),
            "{table:?}"
        );
        assert!(table[1].ends_with("0.500 ms  1024 KiB"), "{table:?}");
    }
}

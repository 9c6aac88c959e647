//! The load generator: one URL, so many connections, each with one request after the other.

mod connection;
mod open_loop;
mod wire;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Args;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use tokio::task::{JoinHandle, LocalSet};

use crate::usage;
use connection::{Connection, Target};

#[derive(Args)]
pub(crate) struct Arguments {
    /// What to get: `http://127.0.0.1:7001/path?query`. Repeatable: callers take them in turn.
    #[arg(long = "url", required = true)]
    urls: Vec<String>,
    /// A header of each request, as `name: value`. Repeatable.
    #[arg(long = "header")]
    headers: Vec<String>,
    /// Callers, each with one request at a time.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Begin so many requests a second instead, whether earlier ones have ended or not.
    #[arg(long)]
    rate: Option<f64>,
    /// How long to measure.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// How long to make load before that.
    #[arg(long, default_value_t = 0.5)]
    warm_up: f64,
    /// The process that is measured; its CPU time is read at both ends of the measurement.
    #[arg(long)]
    pid: Option<u32>,
}

/// What came of one measurement.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Measured {
    pub(crate) connections: usize,
    pub(crate) seconds: f64,
    /// Requests that ended within the measurement with status 200.
    pub(crate) requests: u64,
    /// Other answers by status; 0 stands for a connection that broke.
    pub(crate) failures: BTreeMap<u16, u64>,
    /// Requests that were due and not begun, because too many were under way.
    pub(crate) not_begun: u64,
    /// Latency of the successful ones, in microseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
    /// CPU time of the measured process, in seconds.
    pub(crate) cpu_seconds: Option<f64>,
}

/// What all connections add to.
struct Tally {
    /// Latencies in nanoseconds.
    latencies: Histogram<u64>,
    failures: BTreeMap<u16, u64>,
    not_begun: u64,
    measuring: bool,
    stop: bool,
}

impl Tally {
    fn count(&mut self, answer: std::io::Result<u16>, latency: Duration) {
        if !self.measuring {
            return;
        }
        match answer.unwrap_or_default() {
            200 => self
                .latencies
                .saturating_record(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX)),
            status => *self.failures.entry(status).or_default() += 1,
        }
    }

    fn count_not_begun(&mut self) {
        self.not_begun += u64::from(self.measuring);
    }
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let measured = measure(&arguments).await?;
    crate::say(serde_json::to_string(&measured)?);
    Ok(())
}

/// Everything runs on one thread, so that the generator takes one core at most.
async fn measure(arguments: &Arguments) -> anyhow::Result<Measured> {
    let targets = arguments
        .urls
        .iter()
        .map(|url| Target::parse(url, &arguments.headers));
    let targets: Vec<Target> = targets.collect::<anyhow::Result<_>>()?;
    let tally = Rc::new(RefCell::new(Tally {
        latencies: Histogram::new_with_bounds(1_000, 120_000_000_000, 3).context("histogram")?,
        failures: BTreeMap::new(),
        not_begun: 0,
        measuring: false,
        stop: false,
    }));
    LocalSet::new()
        .run_until(async {
            let callers = callers(arguments, &targets, &tally);
            tokio::time::sleep(Duration::from_secs_f64(arguments.warm_up)).await;
            let (started, cpu_before) = (Instant::now(), cpu(arguments)?);
            tally.borrow_mut().measuring = true;
            tokio::time::sleep(Duration::from_secs_f64(arguments.seconds)).await;
            tally.borrow_mut().measuring = false;
            let (took, cpu_after) = (started.elapsed(), cpu(arguments)?);
            tally.borrow_mut().stop = true;
            for caller in callers {
                caller.await?;
            }
            let cpu_seconds = cpu_after
                .zip(cpu_before)
                .map(|(after, before)| (after - before).as_secs_f64());
            Ok(summary(arguments, &tally.borrow(), took, cpu_seconds))
        })
        .await
}

/// Starts what makes the load.
fn callers(arguments: &Arguments, targets: &[Target], tally: &Rc<RefCell<Tally>>) -> Vec<JoinHandle<()>> {
    if let Some(rate) = arguments.rate {
        let dispatch = open_loop::dispatch(targets.to_vec(), rate, Rc::clone(tally));
        return vec![tokio::task::spawn_local(dispatch)];
    }
    let callers = targets.iter().cycle().take(arguments.connections);
    callers
        .map(|target| tokio::task::spawn_local(call(target.clone(), Rc::clone(tally))))
        .collect()
}

/// One caller. A connection that breaks is counted and made again.
async fn call(target: Target, tally: Rc<RefCell<Tally>>) {
    let mut connection = None;
    while !tally.borrow().stop {
        let started = Instant::now();
        let answer = exchange(&target, &mut connection).await;
        if answer.is_err() {
            connection = None;
            // A server that refuses connections is not asked a million times a second.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tally.borrow_mut().count(answer, started.elapsed());
    }
}

async fn exchange(target: &Target, connection: &mut Option<Connection>) -> std::io::Result<u16> {
    let open = match connection.take() {
        Some(open) => open,
        None => Connection::open(target).await?,
    };
    connection.insert(open).exchange(target).await
}

fn cpu(arguments: &Arguments) -> anyhow::Result<Option<Duration>> {
    arguments.pid.map(usage::cpu).transpose()
}

fn summary(arguments: &Arguments, tally: &Tally, took: Duration, cpu_seconds: Option<f64>) -> Measured {
    let microseconds = |nanoseconds: u64| nanoseconds as f64 / 1_000.0;
    Measured {
        connections: arguments.connections,
        seconds: took.as_secs_f64(),
        requests: tally.latencies.len(),
        failures: tally.failures.clone(),
        not_begun: tally.not_begun,
        p50: microseconds(tally.latencies.value_at_quantile(0.5)),
        p99: microseconds(tally.latencies.value_at_quantile(0.99)),
        max: microseconds(tally.latencies.max()),
        cpu_seconds,
    }
}

/// Measures from a process of its own.
pub(crate) async fn apart(asked: &Asked<'_>) -> anyhow::Result<Measured> {
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.arg("load");
    for url in asked.urls {
        command.args(["--url", url]);
    }
    if let Some(rate) = asked.rate {
        command.args(["--rate", &rate.to_string()]);
    }
    for header in asked.headers {
        command.args(["--header", header]);
    }
    command.args(["--connections", &asked.connections.to_string()]);
    command.args([
        "--seconds",
        &asked.seconds.to_string(),
        "--warm-up",
        &asked.warm_up.to_string(),
    ]);
    if let Some(pid) = asked.pid {
        command.args(["--pid", &pid.to_string()]);
    }
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    if !output.status.success() {
        bail!(
            "the load generator failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    serde_json::from_slice(&output.stdout).context("the load generator's result cannot be read")
}

/// What to measure in a process of its own.
pub(crate) struct Asked<'a> {
    pub(crate) urls: &'a [String],
    pub(crate) headers: &'a [String],
    /// Callers at a time; none with a rate.
    pub(crate) connections: usize,
    /// Requests a second.
    pub(crate) rate: Option<f64>,
    pub(crate) seconds: f64,
    pub(crate) warm_up: f64,
    pub(crate) pid: Option<u32>,
}

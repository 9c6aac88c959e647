//! What was measured: as tables for people, as JSON, and as a chart.

mod goals;
mod table;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::chart::{self, Bar};
use crate::load::Measured;
use crate::run::{FanOut, Setting};
use crate::statistics::Spread;
use table::Table;

/// Everything that came of a run.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) rows: Vec<Row>,
    /// Peak memory in bytes, over the whole run.
    pub(crate) memory: BTreeMap<&'static str, u64>,
    /// Contestants that could not be measured, and why.
    pub(crate) skipped: Vec<(String, String)>,
    pub(crate) fan_out: Vec<FanOut>,
}

/// All rounds of one contestant with one setting.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) setting: Setting,
    pub(crate) rounds: Vec<Measured>,
}

impl Row {
    fn spread(&self, of: impl Fn(&Measured) -> Option<f64>) -> Option<Spread> {
        Spread::of(self.rounds.iter().filter_map(of))
    }

    pub(crate) fn requests_per_second(&self) -> Option<Spread> {
        self.spread(|round| Some(round.requests as f64 / round.seconds))
    }

    /// In microseconds.
    pub(crate) fn p50(&self) -> Option<Spread> {
        self.spread(|round| Some(round.p50))
    }

    /// In microseconds.
    pub(crate) fn p99(&self) -> Option<Spread> {
        self.spread(|round| Some(round.p99))
    }

    /// CPU seconds for 1,000 requests.
    pub(crate) fn cpu(&self) -> Option<Spread> {
        self.spread(|round| Some(round.cpu_seconds? * 1_000.0 / round.requests as f64))
    }
}

impl Report {
    pub(crate) fn add(&mut self, name: &'static str, setting: Setting, measured: Measured) {
        let known = self
            .rows
            .iter_mut()
            .find(|row| row.name == name && row.setting == setting);
        match known {
            Some(row) => row.rounds.push(measured),
            None => self.rows.push(Row {
                name,
                setting,
                rounds: vec![measured],
            }),
        }
    }

    pub(crate) fn row(&self, name: &str, setting: Setting) -> Option<&Row> {
        self.rows
            .iter()
            .find(|row| row.name == name && row.setting == setting)
    }

    /// Settings in the order in which they were measured.
    fn settings(&self) -> Vec<Setting> {
        let mut settings = Vec::new();
        for row in &self.rows {
            if !settings.contains(&row.setting) {
                settings.push(row.setting);
            }
        }
        settings
    }

    /// All tables, line by line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for setting in self.settings() {
            let Setting { limit, connections } = setting;
            lines.push(String::new());
            lines.push(format!(
                "Pages of {limit} contacts, {connections} connections (median, min..max)"
            ));
            lines.extend(self.table(setting).lines());
        }
        if !self.memory.is_empty() {
            lines.push(String::new());
            lines.push("Peak memory over the run".to_owned());
            let mut table = Table::new(&["contestant", "MiB"]);
            for (name, bytes) in &self.memory {
                table.add([(*name).to_owned(), (bytes >> 20).to_string()]);
            }
            lines.extend(table.lines());
        }
        lines.extend(self.fan_out_lines());
        lines.extend(goals::lines(self));
        for (name, why) in &self.skipped {
            lines.push(format!("not measured: {name}: {why}"));
        }
        lines
    }

    fn table(&self, setting: Setting) -> Table {
        let head = [
            "contestant",
            "requests/s",
            "p50 us",
            "p99 us",
            "CPU s / 1,000",
            "requests / CPU s",
        ];
        let mut table = Table::new(&head);
        for row in self.rows.iter().filter(|row| row.setting == setting) {
            let per_cpu = row.cpu().map(|cpu| format!("{:.0}", 1_000.0 / cpu.median));
            table.add([
                row.name.to_owned(),
                table::spread(row.requests_per_second(), 0),
                table::spread(row.p50(), 0),
                table::spread(row.p99(), 0),
                table::spread(row.cpu(), 4),
                per_cpu.unwrap_or_default(),
            ]);
        }
        table
    }

    fn fan_out_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.fan_out.is_empty() {
            return lines;
        }
        lines.push(String::new());
        lines.push("Fan-out: 100 contacts over HubSpot-like providers that think for 50 ms each".to_owned());
        let mut table = Table::new(&["providers", "connections", "p50 us", "p99 us", "requests/s"]);
        for row in &self.fan_out {
            table.add([
                row.providers.to_string(),
                row.connections.to_string(),
                table::spread(Some(row.p50), 0),
                table::spread(Some(row.p99), 0),
                table::spread(Some(row.requests_per_second), 0),
            ]);
        }
        lines.extend(table.lines());
        lines
    }

    /// Writes `results.json` and `throughput.svg`.
    pub(crate) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let json = serde_json::to_string_pretty(&self.json())?;
        std::fs::write(folder.join("results.json"), json).context("cannot write results.json")?;
        std::fs::write(folder.join("throughput.svg"), self.chart()).context("cannot write throughput.svg")
    }

    fn json(&self) -> Value {
        let row = |row: &Row| {
            json!({
                "contestant": row.name,
                "limit": row.setting.limit,
                "connections": row.setting.connections,
                "requestsPerSecond": row.requests_per_second(),
                "p50Microseconds": row.p50(),
                "p99Microseconds": row.p99(),
                "cpuSecondsPer1000": row.cpu(),
                "rounds": row.rounds,
            })
        };
        let rows: Vec<Value> = self.rows.iter().map(row).collect();
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        json!({
            "cores": cores,
            "rows": rows,
            "peakMemoryBytes": self.memory,
            "fanOut": self.fan_out,
            "goals": goals::json(self),
            "skipped": self.skipped,
        })
    }

    /// Requests per CPU second at every width, for everybody whose CPU time is known.
    fn chart(&self) -> String {
        let bars = self.rows.iter().filter_map(|row| {
            let cpu = row.cpu()?;
            let Setting { limit, connections } = row.setting;
            Some(Bar {
                group: format!("{limit} contacts, {connections} connections"),
                label: row.name.to_owned(),
                value: 1_000.0 / cpu.median,
                low: 1_000.0 / cpu.max,
                high: 1_000.0 / cpu.min,
            })
        });
        let bars: Vec<Bar> = bars.filter(|bar| bar.value.is_finite()).collect();
        chart::bars("Requests per CPU second of the server", &bars)
    }
}

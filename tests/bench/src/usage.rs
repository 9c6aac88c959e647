//! What a process and its children use, out of `/proc`.

use std::time::Duration;

use anyhow::Context as _;

/// The kernel counts CPU time for `/proc/PID/stat` in hundredths of a second, whatever its own clock does.
const TICKS_PER_SECOND: u64 = 100;

/// CPU time of a process and its living children so far, in user and kernel mode.
pub(crate) fn cpu(pid: u32) -> anyhow::Result<Duration> {
    let ticks = family(pid)?.into_iter().map(|pid| Ok(Stat::of(pid)?.ticks));
    let ticks: u64 = ticks.sum::<anyhow::Result<u64>>()?;
    Ok(Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
}

/// The most memory that a process and its living children had, each at its own time, in bytes.
pub(crate) fn peak_memory(pid: u32) -> anyhow::Result<u64> {
    family(pid)?.into_iter().map(|pid| status(pid, "VmHWM")).sum()
}

/// Resident memory of a process, in bytes.
pub(crate) fn resident_memory(pid: u32) -> anyhow::Result<u64> {
    status(pid, "VmRSS")
}

/// A size out of `/proc/PID/status`, in bytes.
fn status(pid: u32, name: &str) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).context("a measured process ended")?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    Ok(kibibytes.with_context(|| format!("no {name} of process {pid}"))? << 10)
}

/// A process and its children, grandchildren and so on.
fn family(root: u32) -> anyhow::Result<Vec<u32>> {
    let all: Vec<(u32, u32)> = std::fs::read_dir("/proc")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        // A process may end while it is looked at.
        .filter_map(|pid| Some((pid, Stat::of(pid).ok()?.parent)))
        .collect();
    let mut family = vec![root];
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        family.extend(all.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    Ok(family)
}

struct Stat {
    parent: u32,
    ticks: u64,
}

impl Stat {
    fn of(pid: u32) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(format!("/proc/{pid}/stat")).context("a measured process ended")?;
        Self::parse(&text).with_context(|| format!("/proc/{pid}/stat is not as expected: {text}"))
    }

    fn parse(text: &str) -> Option<Self> {
        // The name of the program stands in parentheses and may hold anything, so count from its end.
        let (_, rest) = text.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            parent: u32::try_from(number(1)?).ok()?,
            ticks: number(11)? + number(12)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Stat, cpu, peak_memory, resident_memory};

    #[test]
    fn fields_are_counted_from_the_end_of_the_name() {
        let text = "42 (a) b (c)) S 7 42 42 0 -1 4194560 1 0 0 0 250 30 0 0 20 0 1 0 100 0 0";
        let stat = Stat::parse(text).unwrap();
        assert_eq!((stat.parent, stat.ticks), (7, 280));
    }

    #[test]
    fn own_work_is_seen() {
        let own = std::process::id();
        let before = cpu(own).unwrap();
        let started = Instant::now();
        while started.elapsed() < Duration::from_millis(300) {
            std::hint::black_box(started);
        }
        assert!(cpu(own).unwrap() > before);
        assert!(peak_memory(own).unwrap() >= resident_memory(own).unwrap());
    }
}

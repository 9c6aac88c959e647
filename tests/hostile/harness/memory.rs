//! How much memory a process has.

use std::path::Path;

/// In MiB, as the kernel counts it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// Now.
    pub(crate) resident: usize,
    /// At most since it started.
    pub(crate) peak: usize,
}

impl Memory {
    /// Of the process whose id is in a file.
    pub(crate) fn of(pid_file: &Path) -> Self {
        let pid = std::fs::read_to_string(pid_file).unwrap();
        let status = std::fs::read_to_string(format!("/proc/{}/status", pid.trim())).unwrap();
        let mebibytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kibibytes = line.and_then(|line| line.split_whitespace().next());
            kibibytes.map_or(0, |number| number.parse::<usize>().unwrap() / 1_024)
        };
        let resident = mebibytes("VmRSS:");
        Self {
            resident,
            // Some sandboxes of test machines do not keep a peak.
            peak: mebibytes("VmHWM:").max(resident),
        }
    }
}

//! Compiles a file in a process of its own, under limits of memory and time, so that a file made to hurt a compiler cannot
//! take the server down. The process fills the cache of compiled code; the server then finds the result there.
//!
//! The limits are the kernel's (`setrlimit`), set by the process on itself before it reads the first byte. Memory is counted
//! by `RLIMIT_DATA`: what is merely reserved, of which wasmtime reserves a lot, is free.

use std::io::{Read, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, setrlimit};
use tokio::sync::Mutex;

/// Exit code for a file that the compiler refused; the reason is on standard error.
pub(crate) const REFUSED: u8 = 3;
/// The longest reason that is taken from the process.
const REASON_BYTES: u64 = 4_096;
/// How often is looked whether the process has ended.
const LOOK: Duration = Duration::from_millis(5);
/// Compiled code is some ten times its source; more than this is no connector.
const LARGEST_FILE: u64 = 1 << 30;

/// How files are compiled in a process of their own.
#[derive(Clone, Debug)]
pub(crate) struct Apart {
    /// The cache of compiled code that this server uses.
    cache_directory: PathBuf,
    limits: CompileLimits,
    /// Held by the process under way: the limits are for each, so there is one at a time.
    turn: Arc<Mutex<()>>,
}

/// What compiling one file may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CompileLimits {
    /// Bytes of memory. A component with a Python interpreter (18 MB) takes some hundred MB.
    pub(crate) memory_bytes: u64,
    /// CPU time over all threads, and wall-clock time.
    pub(crate) time: Duration,
}

impl Default for CompileLimits {
    fn default() -> Self {
        Self {
            memory_bytes: 2 << 30,
            time: Duration::from_secs(120),
        }
    }
}

/// Why a file could not be compiled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompileError {
    /// The compiler says so.
    #[error("{0}")]
    Refused(String),
    /// It took too long.
    #[error("compiling it takes more than the {} seconds that a connector may take", .0.as_secs())]
    Time(Duration),
    /// It took too much memory.
    #[error("compiling it takes more than the {} MiB of memory that a connector may take", .0 >> 20)]
    Memory(u64),
    /// The compiler ended in another way.
    #[error("the compiler ended without a result: {0}")]
    Ended(String),
    /// The process could not be started.
    #[error("the compiler could not be started: {0}")]
    Start(std::io::Error),
}

impl Apart {
    pub(crate) fn new(cache_directory: PathBuf, limits: CompileLimits) -> Self {
        Self {
            cache_directory,
            limits,
            turn: Arc::default(),
        }
    }

    /// Compiles a file into the cache, after those that came before.
    pub(crate) async fn compile(&self, file: Vec<u8>) -> Result<(), CompileError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let apart = self.clone();
        let compile = move || {
            // Also when whoever waits for it is gone.
            let _turn = turn;
            apart.run(&file)
        };
        let compiled = tokio::task::spawn_blocking(compile).await;
        compiled.unwrap_or_else(|error| Err(CompileError::Ended(error.to_string())))
    }

    fn run(&self, file: &[u8]) -> Result<(), CompileError> {
        let mut child = self.start().map_err(CompileError::Start)?;
        let (input, errors) = (child.stdin.take(), child.stderr.take());
        std::thread::scope(|scope| {
            scope.spawn(move || {
                // A process that has ended takes no more; its end says why.
                let _ = input.map(|mut input| input.write_all(file));
            });
            let reason = scope.spawn(move || errors.map(read_reason).unwrap_or_default());
            let status = wait(&mut child, self.limits.time);
            let reason = reason.join().unwrap_or_default();
            match status {
                Ok(Some(status)) => self.judge(status, reason),
                Ok(None) => Err(CompileError::Time(self.limits.time)),
                Err(error) => Err(CompileError::Ended(error.to_string())),
            }
        })
    }

    fn start(&self) -> std::io::Result<Child> {
        Command::new(own_program()?)
            .args(["connector", "compile-for-cache", "--cache-dir"])
            .arg(std::path::absolute(&self.cache_directory)?)
            .args(["--memory-bytes", &self.limits.memory_bytes.to_string()])
            .args(["--seconds", &self.limits.time.as_secs().max(1).to_string()])
            // The server's secrets are in its environment.
            .env_clear()
            // The allocator would set a gibibyte of addresses aside, which count against the limit.
            .env("MIMALLOC_ARENA_RESERVE", "0")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
    }

    fn judge(&self, status: ExitStatus, reason: String) -> Result<(), CompileError> {
        const SIGABRT: i32 = 6;
        const SIGKILL: i32 = 9;
        const SIGXCPU: i32 = 24;
        match (status.code(), status.signal()) {
            (Some(0), _) => Ok(()),
            (Some(code), _) if code == i32::from(REFUSED) => Err(CompileError::Refused(reason)),
            (_, Some(SIGXCPU)) => Err(CompileError::Time(self.limits.time)),
            // An allocation that fails aborts a Rust program; SIGKILL is the kernel's answer to a machine out of memory.
            (_, Some(SIGABRT | SIGKILL)) => Err(CompileError::Memory(self.limits.memory_bytes)),
            _ if reason.contains("memory") => Err(CompileError::Memory(self.limits.memory_bytes)),
            _ => Err(CompileError::Ended(format!("{status}; {reason}"))),
        }
    }
}

/// The running program, even if its file was replaced by an upgrade meanwhile: another version would fill another cache.
fn own_program() -> std::io::Result<PathBuf> {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() {
        return Ok(running);
    }
    std::env::current_exe()
}

fn read_reason(errors: impl Read) -> String {
    let mut bytes = Vec::new();
    // What could be read is better than nothing.
    let _ = errors.take(REASON_BYTES).read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let printable = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    printable.collect::<String>().trim().to_owned()
}

/// Waits for the end, and kills what takes too long.
fn wait(child: &mut Child, patience: Duration) -> std::io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() > patience {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(LOOK);
    }
}

/// Puts this process under the limits. For the process that compiles.
pub(crate) fn limit_this_process(limits: CompileLimits) -> nix::Result<()> {
    let seconds = limits.time.as_secs().max(1);
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    setrlimit(Resource::RLIMIT_FSIZE, LARGEST_FILE, LARGEST_FILE)?;
    // The signal at the soft limit tells it apart from a kill for other reasons.
    setrlimit(Resource::RLIMIT_CPU, seconds, seconds + 1)?;
    setrlimit(Resource::RLIMIT_DATA, limits.memory_bytes, limits.memory_bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;
    use std::time::Duration;

    use super::{Apart, CompileError, CompileLimits, read_reason};

    #[tokio::test]
    async fn files_are_compiled_one_after_the_other() {
        let apart = Apart::new("cache".into(), CompileLimits::default());
        let turn = apart.turn.lock().await;
        let waits = tokio::time::timeout(Duration::from_millis(200), apart.compile(Vec::new())).await;
        assert!(waits.is_err(), "{waits:?}");
        drop(turn);
    }

    #[test]
    fn the_end_of_the_process_says_what_was_wrong() {
        let apart = Apart::new("cache".into(), CompileLimits::default());
        let ended = |raw, reason: &str| apart.judge(ExitStatus::from_raw(raw), reason.to_owned());
        assert!(ended(0, "").is_ok());
        assert!(matches!(ended(3 << 8, "bad"), Err(CompileError::Refused(reason)) if reason == "bad"));
        assert!(matches!(ended(24, ""), Err(CompileError::Time(_))));
        assert!(matches!(ended(6, ""), Err(CompileError::Memory(_))));
        assert!(matches!(ended(9, ""), Err(CompileError::Memory(_))));
        assert!(matches!(
            ended(1 << 8, "Cannot allocate memory"),
            Err(CompileError::Memory(_))
        ));
        assert!(matches!(ended(11, ""), Err(CompileError::Ended(_))));
    }

    #[test]
    fn a_reason_is_cut_and_has_one_line() {
        let long = "line\n".repeat(10_000);
        let reason = read_reason(long.as_bytes());
        assert!(reason.len() <= 4_096 && !reason.contains('\n'));
    }
}

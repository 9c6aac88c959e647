//! A process under test: its output in a file, and its end no later than ours, even if we crash.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Runs a command, and kills it when our end of its standard input closes: on drop, and when this process dies. The exit
/// code is the command's.
const KEEPER: &str = r#"
    exec 3<&0
    "$@" </dev/null 3<&- & child=$!
    echo "$child" >"$PID_FILE"
    (read -r _ <&3; kill -KILL "$child" 2>/dev/null) & watcher=$!
    wait "$child"; code=$?
    kill "$watcher" 2>/dev/null
    exit "$code"
"#;

/// A running process.
pub(crate) struct Process {
    keeper: Child,
    files: PathBuf,
    what: String,
}

impl Process {
    /// Starts the binary. `folder` takes the output; the environment is empty but for `PATH` and what is given.
    pub(crate) fn start(folder: &Path, arguments: &[String], environment: &[(String, String)]) -> Self {
        Self::program(env!("CARGO_BIN_EXE_routemcp"), folder, arguments, environment)
    }

    /// Starts some other program in the same way.
    pub(crate) fn program(
        program: &str,
        folder: &Path,
        arguments: &[String],
        environment: &[(String, String)],
    ) -> Self {
        let output = |name: &str| std::fs::File::create(folder.join(name)).unwrap();
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh", program])
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("PID_FILE", folder.join("pid"))
            .envs(environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(output("stdout"))
            .stderr(output("stderr"))
            .spawn()
            .unwrap();
        Self {
            keeper,
            files: folder.to_owned(),
            what: format!("{program} {}", arguments.join(" ")),
        }
    }

    /// Waits for something that the process will do; panics with its output if it ends or takes longer than two minutes: on a
    /// busy machine connectors that are in no cache take their time.
    pub(crate) fn wait_for<T>(&mut self, what: &str, mut look: impl FnMut(&Self) -> Option<T>) -> T {
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            let ended = self.keeper.try_wait().unwrap();
            assert!(
                ended.is_none(),
                "`{}` ended ({ended:?}) before {what}:\n{}",
                self.what,
                self.tail()
            );
            assert!(
                Instant::now() < deadline,
                "`{}`: no {what} in two minutes:\n{}",
                self.what,
                self.tail()
            );
            sleep(Duration::from_millis(5));
        }
    }

    /// What it wrote to standard output.
    pub(crate) fn stdout(&self) -> String {
        self.read("stdout")
    }

    /// What it wrote to standard error: its log.
    pub(crate) fn errors(&self) -> String {
        self.read("stderr")
    }

    /// The end of what it wrote, for people: a talkative log has millions of lines.
    fn tail(&self) -> String {
        let output = self.output();
        let start = output.floor_char_boundary(output.len().saturating_sub(20_000));
        output[start..].to_owned()
    }

    /// Everything it wrote.
    pub(crate) fn output(&self) -> String {
        self.stdout() + &self.errors()
    }

    fn read(&self, name: &str) -> String {
        let bytes = std::fs::read(self.files.join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> String {
        self.read("pid").trim().to_owned()
    }

    /// The most memory that it had at a time, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        status_of(&self.pid(), "VmHWM")
    }

    /// Sends it a signal by name, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.pid()])
            .status();
        assert!(sent.unwrap().success(), "cannot signal `{}`", self.what);
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self, patience: Duration) -> ExitStatus {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.keeper.try_wait().unwrap() {
                return status;
            }
            assert!(
                Instant::now() < deadline,
                "`{}` did not end:\n{}",
                self.what,
                self.tail()
            );
            sleep(Duration::from_millis(5));
        }
    }
}

/// A size out of `/proc/PID/status`, in bytes.
pub(crate) fn status_of(pid: &str, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or_else(|| panic!("no {name} in {status}")) << 10
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

//! Processes of a run: each ends with the run, even if that crashes.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use axum::Router;
use tokio::net::TcpListener;

/// Runs a command, and ends it when our end of its standard input closes: on drop, and when this process dies.
const KEEPER: &str = r#"
    exec 3<&0
    "$@" </dev/null 3<&- & child=$!
    echo "$child" >"$PID_FILE"
    (read -r _ <&3; kill -TERM "$child"; sleep 3; kill -KILL "$child") 2>/dev/null & watcher=$!
    wait "$child"; code=$?
    kill "$watcher" 2>/dev/null
    exit "$code"
"#;

/// How long a process may take until it serves. Compiling a connector with a Python interpreter takes most of a minute.
const START: Duration = Duration::from_secs(180);

/// A running process.
pub(crate) struct Process {
    keeper: Child,
    folder: PathBuf,
    name: String,
}

impl Process {
    /// Starts a program; its output goes to files in `folder`, which is also where it runs.
    pub(crate) fn start(folder: &Path, command: &Command) -> anyhow::Result<Self> {
        let output =
            |name: &str| File::create(folder.join(name)).context("cannot write the output of a process");
        let name = command.get_program().to_string_lossy().into_owned();
        let environment = command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?)));
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh"])
            .arg(command.get_program())
            .args(command.get_args())
            .current_dir(folder)
            .env("PID_FILE", folder.join("pid"))
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(output("stdout")?)
            .stderr(output("stderr")?)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self {
            keeper,
            folder: folder.to_owned(),
            name,
        })
    }

    /// Waits until the process has written what `look` finds in its output.
    pub(crate) async fn wait_for<T>(&mut self, look: impl Fn(&str) -> Option<T>) -> anyhow::Result<T> {
        let deadline = Instant::now() + START;
        loop {
            let output = self.output();
            if let Some(found) = look(&output) {
                return Ok(found);
            }
            let ended = self.keeper.try_wait().context("cannot ask after a process")?;
            if ended.is_some() || Instant::now() > deadline {
                bail!("{} does not serve; what it wrote:\n{output}", self.name);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits for the line that [`serve`] writes, and gives its URL.
    pub(crate) async fn url(&mut self) -> anyhow::Result<String> {
        self.wait_for(|output| {
            let line = output.lines().find_map(|line| line.strip_prefix("listening "));
            line.map(|address| format!("http://{address}"))
        })
        .await
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> anyhow::Result<u32> {
        let text = std::fs::read_to_string(self.folder.join("pid")).context("a process has no id yet")?;
        text.trim().parse().context("a process id is not a number")
    }

    fn output(&self) -> String {
        let read = |name: &str| std::fs::read(self.folder.join(name)).unwrap_or_default();
        let (out, errors) = (read("stdout"), read("stderr"));
        format!(
            "{}{}",
            String::from_utf8_lossy(&out),
            String::from_utf8_lossy(&errors)
        )
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// A subcommand of this binary as a process of its own.
pub(crate) fn own(folder: &Path, arguments: &[&str]) -> anyhow::Result<Process> {
    let mut command = Command::new(std::env::current_exe().context("cannot find this binary")?);
    command.args(arguments);
    Process::start(folder, &command)
}

/// Serves on a free port of this machine, says which, and never returns.
pub(crate) async fn serve(router: Router) -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen")?;
    let address = listener.local_addr()?;
    crate::say(format_args!("listening {address}"));
    axum::serve(NoDelay(listener), router).await?;
    Ok(())
}

/// A listener whose connections send small answers at once.
struct NoDelay(TcpListener);

impl axum::serve::Listener for NoDelay {
    type Io = tokio::net::TcpStream;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = axum::serve::Listener::accept(&mut self.0).await;
        // Without it answers are only slower, and the measurement says so.
        let _ = stream.set_nodelay(true);
        (stream, address)
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

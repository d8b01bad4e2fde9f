//! Processes of this workspace, ended when their test is, be it by a panic.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use testing::{binary, eventually};

/// What a function would read of the environment of whoever runs the tests.
const READ: [&str; 16] = [
    "AUTH_AUDIENCE",
    "AUTH_ISSUER",
    "AUTH_JWKS_FILE",
    "AUTH_JWKS_URL",
    "BIND_ADDRESS",
    "CORS_ALLOWED_ORIGINS",
    "DATABASE_DIRECT_URL",
    "DATABASE_POOLER",
    "DATABASE_POOL_SIZE",
    "DATABASE_URL",
    "FUNCTIONS_URL",
    "LOG_FORMAT",
    "RATE_LIMIT_PER_MINUTE",
    "REDIS_URL",
    "RUST_LOG",
    "TRUSTED_PROXIES",
];

/// A binary of this workspace that takes free ports.
pub(crate) fn command(name: &str) -> Command {
    let mut command = Command::new(binary(name));
    for variable in READ {
        command.env_remove(variable);
    }
    command.envs([("PORT", "0"), ("METRICS_PORT", "0")]);
    command
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().expect("the binary can be run")
}

/// What a process has said so far, line by line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    /// Listens to `output` until it is closed.
    fn of(output: impl Read + Send + 'static) -> (Self, JoinHandle<()>) {
        let lines = Self::default();
        let heard = lines.clone();
        let listener = thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                heard.0.lock().expect("nobody panics with it").push(line);
            }
        });
        (lines, listener)
    }

    pub(crate) fn find<T>(&self, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let lines = self.0.lock().expect("nobody panics with it");
        lines.iter().find_map(|line| read(line))
    }

    pub(crate) fn text(&self) -> String {
        self.0.lock().expect("nobody panics with it").join("\n")
    }
}

/// A process that a test started.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    pub(crate) output: Lines,
    pub(crate) errors: Lines,
    listeners: [JoinHandle<()>; 2],
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary can be run");
        let (output, output_listener) = Lines::of(child.stdout.take().expect("it is piped"));
        let (errors, errors_listener) = Lines::of(child.stderr.take().expect("it is piped"));
        Self {
            child,
            output,
            errors,
            listeners: [output_listener, errors_listener],
        }
    }

    /// Waits until the process says what `read` finds in a line.
    pub(crate) async fn says<T>(&mut self, lines: &Lines, read: impl Fn(&str) -> Option<T>) -> T {
        eventually("the process is up", async || {
            let status = self.child.try_wait().expect("it is our child");
            assert!(status.is_none(), "it ended: {}", self.errors.text());
            lines.find(&read).is_some()
        })
        .await;
        lines.find(&read).expect("it was said")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        send(self.child.id(), signal);
    }

    /// Waits until the process has ended and everything it said was heard.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        eventually("the process ends", async || {
            let has_ended = self.child.try_wait().expect("it is our child").is_some();
            has_ended && self.listeners.iter().all(JoinHandle::is_finished)
        })
        .await;
        self.child.wait().expect("it is our child")
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is our child");
        self.child.wait().expect("it is our child");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended was waited for, and is not signalled again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn send(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).expect("a process's number is small"));
    kill(pid, signal).expect("the process is there");
}

/// A data folder that other OS users may enter, as root's PostgreSQL must. What still runs on it ends with it.
#[derive(Debug)]
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::Builder::new()
            .prefix("dormouse-flow-")
            .permissions(fs::Permissions::from_mode(0o755))
            .tempdir_in("/tmp");
        Self(folder.expect("a folder can be made in /tmp"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    fn data(&self) -> PathBuf {
        self.path().join("postgres/data")
    }

    /// The private server that runs on it, if any does.
    pub(crate) fn postmaster(&self) -> Option<u32> {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        let pid = file.lines().next()?.trim().parse().ok()?;
        self.is_served_by(pid).then_some(pid)
    }

    /// Whether the process is a server on this folder; by now its number may be somebody else's.
    pub(crate) fn is_served_by(&self, pid: u32) -> bool {
        let output = Command::new("ps")
            .args(["-ww", "-o", "command=", "-p", &pid.to_string()])
            .output()
            .expect("there is ps");
        let data = fs::canonicalize(self.data()).unwrap_or_else(|_| self.data());
        String::from_utf8_lossy(&output.stdout).contains(&format!("-D {}", data.display()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(pid) = self.postmaster() {
            // Immediate shutdown, which takes its children with it.
            send(pid, Signal::SIGQUIT);
            for _ in 0..1000 {
                if !self.is_served_by(pid) {
                    return;
                }
                thread::sleep(std::time::Duration::from_millis(10));
            }
            send(pid, Signal::SIGKILL);
        }
    }
}

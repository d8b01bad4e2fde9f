//! The programs that are measured: started with nothing but what they are told, and ended when nobody holds them.

use std::{ffi::OsStr, net::SocketAddr, path::PathBuf, process::Stdio, time::Duration};

use anyhow::Context;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    task::JoinHandle,
};

/// How long a program may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a program says what it listens on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    /// On standard output, as `dormouse` does.
    Output,
    /// In its log, as functions do.
    Log,
}

/// A program that runs and listens.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Its process.
    pub(crate) pid: u32,
    reading: JoinHandle<()>,
}

/// A binary of the same build as this one.
pub(crate) fn binary(name: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(name);
    anyhow::ensure!(
        path.exists(),
        "{} is missing: `make bench` builds everything first",
        path.display()
    );
    Ok(path)
}

/// A command of `program` that sees nothing of this process's environment and listens on free loopback ports.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs([("PORT", "0"), ("METRICS_PORT", "0")])
        .stdin(Stdio::piped())
        .kill_on_drop(true);
    command
}

impl Program {
    /// Starts it, and returns as soon as it says where it listens.
    pub(crate) async fn start(mut command: Command, says: Says) -> anyhow::Result<Self> {
        let (output, log) = match says {
            Says::Output => (Stdio::piped(), Stdio::null()),
            Says::Log => (Stdio::null(), Stdio::piped()),
        };
        let name = command.as_std().get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdout(output)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot run {name}"))?;
        let pid = child.id().with_context(|| format!("{name} ended at once"))?;
        let listening = async {
            match says {
                Says::Output => listening(child.stdout.take()).await,
                Says::Log => listening(child.stderr.take()).await,
            }
        };
        let (address, reading) = tokio::time::timeout(PATIENCE, listening)
            .await
            .with_context(|| format!("{name} did not listen within {PATIENCE:?}"))?
            .with_context(|| format!("{name} ended without listening"))?;
        Ok(Self {
            child,
            address,
            pid,
            reading,
        })
    }

    /// Ends it at once, and waits until it has.
    pub(crate) async fn end(mut self) -> anyhow::Result<()> {
        self.child.kill().await?;
        self.reading.abort();
        Ok(())
    }
}

/// Reads until a line says an address; whatever follows is read and dropped, so that the program can go on writing.
async fn listening(from: Option<impl AsyncRead + Unpin + Send + 'static>) -> Option<(SocketAddr, JoinHandle<()>)> {
    let mut lines = BufReader::new(from?).lines();
    loop {
        let line = lines.next_line().await.ok()??;
        if let Some(address) = address_in(&line) {
            let rest = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Some((address, rest));
        }
    }
}

/// The first loopback address in a line.
fn address_in(line: &str) -> Option<SocketAddr> {
    let from = line.find("127.0.0.1:")?;
    let rest = &line[from..];
    let is_part = |character: char| character.is_ascii_digit() || matches!(character, '.' | ':');
    let end = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

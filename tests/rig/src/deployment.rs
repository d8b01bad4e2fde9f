//! A function's deployment: its process, where one runs.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::Context;
use nix::sys::signal::Signal;
use serde_json::Value;
use testing::binary;
use tokio::{
    sync::Mutex,
    time::{Instant, sleep},
};

use crate::process::Process;

/// How long a function may take to start, on a busy machine.
const START_PATIENCE: Duration = Duration::from_secs(30);
/// How long one that is told to stop may take, as Kubernetes gives it.
const STOP_PATIENCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// A deployment of no or one process.
#[derive(Debug)]
pub struct Deployment {
    /// The function.
    pub name: &'static str,
    binary: &'static str,
    environment: BTreeMap<String, String>,
    /// Each process has a log of its own there.
    logs: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: Option<Running>,
    starts: u32,
    /// Whether it cannot start, as on a node that is gone.
    is_away: bool,
}

#[derive(Debug)]
struct Running {
    process: Process,
    log: PathBuf,
    began: Instant,
    /// Where it listens, once it has said so.
    places: Option<Places>,
}

/// Where a process listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// Requests.
    pub address: SocketAddr,
    /// Metrics.
    pub metrics: SocketAddr,
}

impl Deployment {
    /// One of `binary` that has no process yet.
    #[must_use]
    pub fn new(name: &'static str, binary: &'static str, environment: BTreeMap<String, String>, logs: &Path) -> Self {
        Self {
            name,
            binary,
            environment,
            logs: logs.to_owned(),
            state: Mutex::default(),
        }
    }

    /// Where it listens; a process is started where none runs. Nothing is held while it starts, so that it can be killed
    /// then, too.
    ///
    /// # Errors
    /// It does not start.
    pub async fn up(&self) -> anyhow::Result<Places> {
        let mut waited_for = None;
        loop {
            if let Some(places) = self.look(&mut waited_for).await? {
                return Ok(places);
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Where its process listens, if it does already. `waited_for` is the process that the caller waits for: one that ends
    /// while it starts is a failure, and not followed by another at once.
    async fn look(&self, waited_for: &mut Option<u32>) -> anyhow::Result<Option<Places>> {
        let mut state = self.state.lock().await;
        anyhow::ensure!(!state.is_away, "{} is away", self.name);
        let number = state.starts;
        if let Some(running) = &mut state.running {
            if !running.process.has_ended() {
                *waited_for = Some(number);
                let places = running.places()?;
                let is_late = places.is_none() && running.began.elapsed() > START_PATIENCE;
                anyhow::ensure!(!is_late, "{} did not start: {}", self.name, running.said()?);
                return Ok(places);
            }
            let is_ours = *waited_for == Some(number);
            anyhow::ensure!(!is_ours, "{} did not start: {}", self.name, running.said()?);
        }
        state.starts += 1;
        *waited_for = Some(state.starts);
        let log = self.logs.join(format!("{}-{}.log", self.name, state.starts));
        state.running = Some(self.start(log)?);
        Ok(None)
    }

    /// Tells its process to stop, and waits until it has.
    ///
    /// # Errors
    /// It had to be ended by force.
    pub async fn down(&self) -> anyhow::Result<()> {
        let running = self.state.lock().await.running.take();
        if let Some(mut running) = running
            && !running.process.has_ended()
        {
            let is_willing = running.process.stop(STOP_PATIENCE).await;
            anyhow::ensure!(is_willing, "{} did not stop when told to", self.name);
        }
        Ok(())
    }

    /// Ends its process at once, if one runs, be it about to start; none starts until [`Self::comes_back`]. Answers whether
    /// one ran.
    pub async fn goes_away(&self) -> bool {
        let mut state = self.state.lock().await;
        state.is_away = true;
        let killed = state.running.take();
        killed.is_some_and(|mut running| !running.process.has_ended())
    }

    /// A process may start again.
    pub async fn comes_back(&self) {
        self.state.lock().await.is_away = false;
    }

    /// Sends its process a signal, if one runs; answers whether one did.
    pub async fn signal(&self, signal: Signal) -> bool {
        let mut state = self.state.lock().await;
        let running = state.running.as_mut();
        running.is_some_and(|running| !running.process.has_ended() && running.process.signal(signal).is_ok())
    }

    /// Where its process listens, if one does.
    pub async fn running(&self) -> Option<Places> {
        let mut state = self.state.lock().await;
        let running = state.running.as_mut()?;
        if running.process.has_ended() {
            return None;
        }
        running.places().ok().flatten()
    }

    /// Whether it has a process, be it about to start.
    pub async fn has_process(&self) -> bool {
        let mut state = self.state.lock().await;
        let running = state.running.as_mut();
        running.is_some_and(|running| !running.process.has_ended())
    }

    /// How often a process of it was started.
    pub async fn starts(&self) -> u32 {
        self.state.lock().await.starts
    }

    fn start(&self, log: PathBuf) -> anyhow::Result<Running> {
        let mut command = Command::new(binary(self.binary));
        command
            .env_clear()
            .envs([("PORT", "0"), ("METRICS_PORT", "0"), ("LOG_FORMAT", "json")])
            .envs(&self.environment)
            .stdout(fs::File::create(&log)?)
            .stderr(fs::File::options().append(true).open(&log)?);
        Ok(Running {
            process: Process::start(&mut command)?,
            log,
            began: Instant::now(),
            places: None,
        })
    }
}

impl Running {
    fn places(&mut self) -> anyhow::Result<Option<Places>> {
        if self.places.is_none() {
            self.places = places(&self.log)?;
        }
        Ok(self.places)
    }

    fn said(&self) -> anyhow::Result<String> {
        Ok(fs::read_to_string(&self.log)?)
    }
}

/// Where it listens, once it has said so.
fn places(log: &Path) -> anyhow::Result<Option<Places>> {
    let text = fs::read_to_string(log)?;
    let rows = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let Some(row) = rows.into_iter().find(|row| row["message"] == "listening") else {
        return Ok(None);
    };
    let place = |name: &str| {
        let place = row[name].as_str().context("it says where it listens")?;
        anyhow::Ok(place.parse()?)
    };
    Ok(Some(Places {
        address: place("address")?,
        metrics: place("metrics")?,
    }))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    /// A function that does what `script` says.
    fn deployment(script: &str) -> (Deployment, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("script");
        fs::write(&path, script).unwrap();
        let environment = BTreeMap::from([("BASH_ENV".to_owned(), path.display().to_string())]);
        let deployment = Deployment::new("function", "/bin/bash", environment, folder.path());
        (deployment, folder)
    }

    #[tokio::test]
    async fn one_that_is_about_to_start_is_killed_and_its_caller_told() {
        let (deployment, _folder) = deployment("exec sleep 600");
        let kill = async {
            while !deployment.has_process().await {
                tokio::task::yield_now().await;
            }
            deployment.goes_away().await
        };
        let (up, is_hit) = tokio::join!(deployment.up(), kill);
        assert!(is_hit);
        assert_eq!(up.unwrap_err().to_string(), "function is away");
    }

    #[tokio::test]
    async fn one_that_ends_while_it_starts_is_started_once_and_says_why() {
        let (deployment, _folder) = deployment("echo 'no database'; exit 1");
        let error = deployment.up().await.unwrap_err().to_string();
        assert!(error.contains("did not start: no database"), "{error}");
        assert_eq!(deployment.starts().await, 1);
    }

    #[tokio::test]
    async fn all_who_wait_for_one_are_told_where_it_listens() {
        let listening = r#"{"message":"listening","address":"127.0.0.1:1","metrics":"127.0.0.1:2"}"#;
        let (deployment, _folder) = deployment(&format!("echo '{listening}'; exec sleep 600"));
        let (one, other) = tokio::join!(deployment.up(), deployment.up());
        assert_eq!(one.unwrap(), other.unwrap());
        assert_eq!(deployment.starts().await, 1);
    }
}

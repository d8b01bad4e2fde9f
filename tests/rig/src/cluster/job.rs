//! A job, which is run now and then and may be killed meanwhile.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use nix::sys::signal::Signal;
use testing::binary;
use tokio::{sync::Mutex, time::sleep};

use crate::process::Process;

const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// A job.
#[derive(Debug)]
pub struct Job {
    name: &'static str,
    environment: BTreeMap<String, String>,
    log: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: Option<Process>,
    /// Whether it cannot start.
    is_away: bool,
}

impl Job {
    pub(super) fn new(name: &'static str, environment: &BTreeMap<String, String>, logs: &Path) -> Self {
        Self {
            name,
            environment: environment.clone(),
            log: logs.join(format!("{name}.log")),
            state: Mutex::default(),
        }
    }

    /// Runs it to its end, whatever that is, with `environment` over what every function finds; not at all while it is away.
    ///
    /// # Errors
    /// It cannot be run.
    pub async fn run(&self, environment: &BTreeMap<String, String>) -> anyhow::Result<()> {
        let log = fs::File::options().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(binary(self.name));
        command
            .env_clear()
            .env("LOG_FORMAT", "json")
            .envs(&self.environment)
            .envs(environment)
            .stdout(log.try_clone()?)
            .stderr(log);
        {
            let mut state = self.state.lock().await;
            if state.is_away {
                return Ok(());
            }
            state.running = Some(Process::start(&mut command)?);
        }
        while self.is_running().await {
            sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    /// Runs it after each `pause`, one at a time, as a timer would.
    pub(super) async fn run_regularly(&self, pause: Duration) {
        loop {
            sleep(pause).await;
            // One that cannot be run, or fails and says why in its log, is followed by the next.
            let _ = self.run(&BTreeMap::new()).await;
        }
    }

    /// Waits until it is under way, which somebody has to see to.
    pub async fn begins(&self) {
        while !self.is_running().await {
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Sends its process a signal, if one runs; answers whether one did.
    pub async fn signal(&self, signal: Signal) -> bool {
        let mut state = self.state.lock().await;
        let running = state.running.as_mut();
        running.is_some_and(|process| !process.has_ended() && process.signal(signal).is_ok())
    }

    /// Ends its process at once, if one runs; none starts until [`Self::comes_back`]. Answers whether one ran.
    pub async fn goes_away(&self) -> bool {
        let mut state = self.state.lock().await;
        state.is_away = true;
        let killed = state.running.take();
        killed.is_some_and(|mut process| !process.has_ended())
    }

    /// It may be run again.
    pub async fn comes_back(&self) {
        self.state.lock().await.is_away = false;
    }

    async fn is_running(&self) -> bool {
        let mut state = self.state.lock().await;
        state.running.as_mut().is_some_and(|process| !process.has_ended())
    }
}

//! Processes that end with whoever started them, even when that is killed.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::Context;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use private_postgres::Watchdog;
use tokio::time::{Instant, sleep};

/// How often is looked whether one has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// A process.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Kills it should this process be killed itself.
    watchdog: Option<Watchdog>,
}

impl Process {
    /// Starts one.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn start(command: &mut Command) -> anyhow::Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot run {}", command.get_program().display()))?;
        let watchdog = Watchdog::start(r#"kill -9 "$0""#, [&*child.id().to_string()])?;
        Ok(Self {
            child,
            watchdog: Some(watchdog),
        })
    }

    /// Its number.
    ///
    /// # Panics
    /// Never: a process's number is small.
    #[must_use]
    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).expect("a process's number is small"))
    }

    /// Whether it is over.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// It is over.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        Ok(kill(self.pid(), signal)?)
    }

    /// Ends it by force, be it stopped in its tracks.
    ///
    /// # Errors
    /// It cannot be ended.
    pub fn end(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Tells it to end, waits until it has, and ends it by force when that takes longer than `patience`; answers whether it
    /// took no force.
    pub async fn stop(mut self, patience: Duration) -> bool {
        let _ = self.signal(Signal::SIGTERM);
        let deadline = Instant::now() + patience;
        while !self.has_ended() && Instant::now() < deadline {
            sleep(LOOK_AGAIN).await;
        }
        self.has_ended()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended was waited for, and is not signalled again.
        let _ = self.end();
        if let Some(watchdog) = self.watchdog.take() {
            watchdog.call_off();
        }
    }
}

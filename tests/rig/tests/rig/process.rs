//! `relay-log` as a process of its own.

use std::{net::SocketAddr, process::Stdio};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use testing::{binary, own_address};
use tokio::process::{Child, Command};

use crate::support::Rig;

/// `relay-log` as a process of its own, which ends with this.
pub(crate) struct Process {
    child: Child,
    metrics: SocketAddr,
}

impl Rig {
    /// What runs `relay-log`.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(binary("relay-log"));
        command
            .env_clear()
            .envs(self.variables())
            .env("DATABASE_URL", self.test.database().url())
            .envs([("PORT", "0"), ("METRICS_PORT", "0")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        command
    }

    pub(crate) fn process(&self) -> Process {
        let metrics = own_address();
        let mut command = self.command();
        command.env("METRICS_PORT", metrics.port().to_string());
        let child = command.spawn().expect("make test-rig builds it");
        Process { child, metrics }
    }
}

impl Process {
    /// Ends it at once, stops it in its tracks, or lets it go on.
    pub(crate) fn signal(&self, signal: Signal) {
        let id = self.child.id().expect("it runs");
        let id = Pid::from_raw(i32::try_from(id).expect("a process's id is small"));
        kill(id, signal).expect("it runs");
    }

    /// What its metric `name` says; nothing where it says nothing.
    pub(crate) async fn metric(&self, name: &str) -> Option<f64> {
        let url = format!("http://{}/metrics", self.metrics);
        let text = reqwest::get(url).await.ok()?.text().await.ok()?;
        let mut lines = text.lines().filter_map(|line| line.split_once(' '));
        let (_, value) = lines.find(|(found, _)| *found == name)?;
        value.parse().ok()
    }

    /// Whether it runs, and has looked at the log.
    pub(crate) async fn is_up(&self) -> bool {
        self.metric("log_users_behind").await.is_some()
    }

    /// How many events it has published.
    pub(crate) async fn published(&self) -> f64 {
        self.metric("events_published_total").await.unwrap_or_default()
    }
}

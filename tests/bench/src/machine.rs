//! What the figures were measured on: a figure without it says little.

use std::{fs, path::Path, process::Command};

use chrono::{DateTime, SecondsFormat, Utc};
use runtime::Clock;
use serde::Serialize;

/// The machine and the code.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    pub(crate) began_at: DateTime<Utc>,
    pub(crate) cores: usize,
    pub(crate) processor: String,
    pub(crate) memory_mib: u64,
    pub(crate) kernel: String,
    pub(crate) postgres: Option<String>,
    pub(crate) commit: String,
    pub(crate) has_uncommitted_changes: bool,
    pub(crate) load_at_start: String,
    pub(crate) load_at_end: Option<String>,
}

impl Machine {
    pub(crate) fn look() -> anyhow::Result<Self> {
        Ok(Self {
            began_at: Clock::system().now(),
            cores: std::thread::available_parallelism()?.get(),
            processor: field("/proc/cpuinfo", "model name"),
            memory_mib: memory_mib(),
            kernel: read("/proc/sys/kernel/osrelease"),
            postgres: None,
            commit: git(&["rev-parse", "--short=12", "HEAD"]),
            has_uncommitted_changes: !git(&["status", "--porcelain"]).is_empty(),
            load_at_start: load(),
            load_at_end: None,
        })
    }

    /// Its moment, fit for a file's name.
    pub(crate) fn stamp(&self) -> String {
        self.began_at
            .to_rfc3339_opts(SecondsFormat::Secs, true)
            .replace([':', '-'], "")
    }
}

/// The load averages of 1, 5 and 15 minutes.
pub(crate) fn load() -> String {
    let text = read("/proc/loadavg");
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

fn memory_mib() -> u64 {
    let text = field("/proc/meminfo", "MemTotal");
    let kib = text
        .split_whitespace()
        .next()
        .and_then(|number| number.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}

/// The value of the first line `name: value`; empty where there is none, as on another kernel.
fn field(path: &str, name: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_once(':'))
        .map(|(_, value)| value.trim().to_owned())
        .unwrap_or_default()
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default().trim().to_owned()
}

/// What git says; empty where there is no git or no repository.
fn git(arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text).trim().to_owned()
}

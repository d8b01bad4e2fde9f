//! The other side: pgbench's plain INSERT.

use std::{io::Write, path::PathBuf, process::Stdio, str::FromStr};

use anyhow::Context;
use tempfile::NamedTempFile;
use tokio::process::Command;

use crate::{
    cluster::{BenchDatabase, Cluster},
    plan::Plan,
    sample,
    window::{Measured, Snapshot},
};

/// pgbench with its script.
#[derive(Debug)]
pub(crate) struct Pgbench {
    program: PathBuf,
    script: NamedTempFile,
    url: String,
}

impl Pgbench {
    pub(crate) fn new(cluster: &Cluster, database: &BenchDatabase) -> anyhow::Result<Self> {
        let mut script = NamedTempFile::new()?;
        let user = "('00000000-0000-4000-8000-' || lpad(:user::text, 12, '0'))::uuid";
        let insert = sample::plain_insert(user, "gen_random_uuid()");
        write!(script, "\\set user random(1, {})\n{insert};\n", sample::USERS)?;
        Ok(Self {
            program: cluster.program("pgbench")?,
            script,
            url: database.url.clone(),
        })
    }

    /// Runs it with `clients` for a round.
    pub(crate) async fn measure(&self, plan: &Plan, cluster: &Cluster, clients: u32) -> anyhow::Result<Measured> {
        let mut connection = cluster.connect().await?;
        let before = Snapshot::take(cluster, &mut connection, &[]).await?;
        let text = self.run(plan, clients).await?;
        let after = Snapshot::take(cluster, &mut connection, &[]).await?;
        let count: f64 = number(&text, "number of transactions actually processed: ")?;
        anyhow::ensure!(count > 0.0, "pgbench did nothing:\n{text}");
        let mean_ms = number(&text, "latency average = ")?;
        Ok(before.until(&after, count, number(&text, "tps = ")?, &[mean_ms]))
    }

    async fn run(&self, plan: &Plan, clients: u32) -> anyhow::Result<String> {
        let seconds = plan.length().as_secs().to_string();
        let threads = clients.min(2).to_string();
        let clients = clients.to_string();
        let output = Command::new(&self.program)
            .args([
                "-n", "-M", "prepared", "-c", &clients, "-j", &threads, "-T", &seconds, "-f",
            ])
            .arg(self.script.path())
            .arg(&self.url)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .context("cannot run pgbench")?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "pgbench failed ({}): {errors}", output.status);
        Ok(text)
    }
}

/// The number that follows `label`.
fn number<T: FromStr>(text: &str, label: &str) -> anyhow::Result<T> {
    let rest = text.split_once(label).map(|(_, rest)| rest);
    let digits = rest.and_then(|rest| rest.split(|c: char| c.is_whitespace() || c == '/').next());
    digits
        .and_then(|digits| digits.parse().ok())
        .with_context(|| format!("pgbench did not say {label:?}:\n{text}"))
}

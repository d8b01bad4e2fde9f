//! A cluster to play with: `make rig`. It runs until it is told to stop.

use std::{io::Write, time::Duration};

use rig::cluster::{Cluster, Settings};
use tokio::signal::unix::{SignalKind, signal};

/// As `dormouse` does.
const RECONCILE_EVERY: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let settings = Settings {
        reconcile: Some(RECONCILE_EVERY),
        has_users: false,
        ..Settings::default()
    };
    let cluster = tokio::select! {
        cluster = Cluster::start(settings) => cluster?,
        _ = interrupt.recv() => return Ok(()),
        _ = terminate.recv() => return Ok(()),
    };
    writeln!(
        std::io::stdout(),
        "Dormouse, each function in a process of its own\n\
         \n  gateway   http://{}\n  Kafka     {}\n  database  {}\n  logs      {}\n\
         \nNothing runs until it is asked for. Ctrl-C stops everything, and forgets it.",
        cluster.address().await?,
        cluster.kafka_address(),
        cluster.database_url(),
        cluster.folder().join("logs").display()
    )?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    cluster.stop().await
}

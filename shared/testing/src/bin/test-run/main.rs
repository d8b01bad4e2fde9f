//! Runs the workspace's tests on one private PostgreSQL: `cargo run -q -p testing --bin test-run -- [cargo test
//! arguments]`. Its last line says how many tests passed and failed.

mod cargo;
mod totals;

use std::{io::Write, process::ExitCode};

use testing::server::{TestServer, VARIABLE};
use tokio::signal::unix::{SignalKind, signal};

/// Fits as many test processes as run at once.
const CONNECTIONS: u16 = 500;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = runtime
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run()));
    outcome.unwrap_or_else(|error| {
        let _ = writeln!(std::io::stderr(), "error: {error:#}");
        ExitCode::FAILURE
    })
}

async fn run() -> anyhow::Result<ExitCode> {
    // Watched before there is anything to stop.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async {
        tokio::select! {
            _ = interrupt.recv() => 130,
            _ = terminate.recv() => 143,
        }
    };
    tokio::pin!(stop);
    let own = match std::env::var_os(VARIABLE) {
        Some(_) => None,
        None => Some(TestServer::start(CONNECTIONS).await?),
    };
    let outcome = cargo::test(own.as_ref().map(TestServer::url), stop).await;
    if let Some(server) = own {
        server.stop().await?;
    }
    outcome
}

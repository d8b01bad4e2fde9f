//! Running one function as a container would: its routes and probes on `PORT`, metrics on `METRICS_PORT`, its work if
//! it has any, until it is told to stop.

use std::process::ExitCode;

use anyhow::Context;
use axum::Router;
use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{
    App, Clock, Function, Nudge, Work,
    configuration::{Defaults, Settings},
    http::{health, layers, server::Server},
    telemetry,
};

/// Runs the function that `make` makes, and reports a failure to start in one line.
pub fn run(make: impl FnOnce(App) -> Function) -> ExitCode {
    run_with(|settings| {
        let app = App {
            database: settings.open_database()?,
            clock: Clock::system(),
            nudge: Nudge::default(),
        };
        Ok((make(app.clone()), app))
    })
}

/// As [`run`], for a function that is made of the settings.
pub fn run_with(make: impl FnOnce(&Settings) -> anyhow::Result<(Function, App)>) -> ExitCode {
    let start = || {
        let settings = Settings::read(Defaults::FUNCTION, |name| std::env::var(name).ok())?;
        telemetry::begin_logging(settings.log_format)?;
        telemetry::begin_metrics();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let (function, app) = make(&settings)?;
            serve(function, &app, &settings).await
        })
    };
    exit_code(start())
}

/// The exit code of `result`, its failure reported in one line.
#[expect(clippy::print_stderr, reason = "logging may be what failed to start")]
pub fn exit_code(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A token that is cancelled by SIGTERM or SIGINT.
///
/// # Errors
/// Signals cannot be watched.
pub fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let cancelled = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        cancelled.cancel();
    });
    Ok(stop)
}

async fn serve(function: Function, app: &App, settings: &Settings) -> anyhow::Result<()> {
    let stop = stop_on_signal()?;
    if let Some(Work::Job(job)) = function.work {
        let name = function.name;
        return stop.run_until_cancelled(job()).await.unwrap_or(Ok(())).context(name);
    }
    if function.api.is_some() {
        demand_loopback(settings)?;
    }
    let server = Server::bind(settings.listen()).await?;
    let metrics = Server::bind(settings.metrics_listen()).await?;
    tracing::info!(function = function.name, address = %server.address(), metrics = %metrics.address(), "listening");
    let mut tasks = JoinSet::new();
    let router = router(&function, app, settings, stop.clone());
    tasks.spawn(server.serve(router, stop.clone()));
    tasks.spawn(metrics.serve(health::metrics_router(), stop.clone()));
    if let Some(Work::Loop(work)) = function.work {
        let result = work(stop.clone()).await;
        stop.cancel();
        result.context(function.name)?;
    }
    tasks.join_all().await;
    app.database.close().await;
    Ok(())
}

fn router(function: &Function, app: &App, settings: &Settings, stop: CancellationToken) -> Router {
    let api = function.api.clone().unwrap_or_default();
    let router = layers::surround(api, settings.authentication.clone());
    let router = match &function.reaction {
        Some(reaction) => router.merge(reaction.endpoint.clone()),
        None => router,
    };
    router.merge(health::router(app.database.clone(), stop))
}

/// Without tokens everybody is the local user, so nobody else may reach it.
///
/// # Errors
/// The address to listen on is not loopback's.
pub fn demand_loopback(settings: &Settings) -> anyhow::Result<()> {
    anyhow::ensure!(
        settings.bind_address.is_loopback(),
        "{} can be reached from other machines, and without AUTH_* everybody is the one local user: \
         set BIND_ADDRESS to 127.0.0.1 or ::1",
        settings.bind_address
    );
    Ok(())
}

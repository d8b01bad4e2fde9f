//! Running one function as a container would: its routes and probes on `PORT`, metrics on `METRICS_PORT`, its work if
//! it has any, until it is told to stop.

use std::process::ExitCode;

use anyhow::Context;
use axum::Router;
use storage::Database;
use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{
    App, Clock, Function, Nudge, Work,
    configuration::{Defaults, Settings},
    http::{health, layers, server::Server},
    shutdown, telemetry,
};

/// Runs the function that `make` makes of the database and the clock, and reports a failure in one line.
pub fn run(make: impl FnOnce(App) -> Function) -> ExitCode {
    start(async |settings: Settings| {
        let app = App {
            database: settings.open_database()?,
            clock: Clock::system(),
            nudge: Nudge::default(),
            look_again: App::SHARED,
        };
        let function = make(app.clone());
        let stop = stop_on_signal()?;
        match function.work {
            Some(Work::Job(job)) => stop.run_until_cancelled(job()).await.unwrap_or(Ok(())),
            _ => serve(function, Some(app.database), &settings, stop).await,
        }
    })
}

/// Runs a function that needs no database, and reports a failure in one line.
pub fn run_stateless(make: impl FnOnce() -> Function) -> ExitCode {
    start(async |settings: Settings| serve(make(), None, &settings, stop_on_signal()?).await)
}

/// Runs a job that is made of the settings, and reports a failure in one line.
pub fn run_job(job: impl AsyncFnOnce(Settings) -> anyhow::Result<()>) -> ExitCode {
    start(job)
}

fn start(body: impl AsyncFnOnce(Settings) -> anyhow::Result<()>) -> ExitCode {
    let run = || {
        let settings = Settings::read(Defaults::FUNCTION, |name| std::env::var(name).ok())?;
        telemetry::begin_logging(settings.log_format, &settings.log_filter)?;
        telemetry::begin_metrics();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let result = runtime.block_on(body(settings));
        // A thread may still be looking up the database's name, which can take longer than anybody waits.
        runtime.shutdown_background();
        result
    };
    exit_code(run())
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

/// A token that is cancelled by SIGTERM, SIGINT, or SIGHUP when the terminal goes away.
///
/// # Errors
/// Signals cannot be watched.
pub fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let cancelled = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
        tracing::info!("stopping");
        cancelled.cancel();
    });
    Ok(stop)
}

async fn serve(
    function: Function,
    database: Option<Database>,
    settings: &Settings,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    if function.api.is_some() {
        settings.authentication.prepare(settings.bind_address)?;
    }
    let server = Server::bind(settings.listen(), "PORT").await?;
    let metrics = Server::bind(settings.metrics_listen(), "METRICS_PORT").await?;
    tracing::info!(function = function.name, address = %server.address(), metrics = %metrics.address(), "listening");
    let router = router(&function, database.clone(), settings, stop.clone());
    let mut servers = JoinSet::new();
    servers.spawn(server.serve(router, stop.clone()));
    servers.spawn(metrics.serve(health::metrics_router(), stop.clone()));
    let work = async {
        match function.work {
            Some(Work::Loop(work)) => work(stop.clone()).await.context(function.name),
            _ => {
                stop.cancelled().await;
                Ok(())
            }
        }
    };
    let parts = async {
        let result = work.await;
        stop.cancel();
        servers.join_all().await;
        result
    };
    let result = shutdown::in_time(&stop, parts).await;
    if let Some(database) = database {
        shutdown::close(&database).await;
    }
    result.unwrap_or(Ok(()))
}

fn router(function: &Function, database: Option<Database>, settings: &Settings, stop: CancellationToken) -> Router {
    let api = function.api.clone().unwrap_or_default();
    let router = layers::surround(api, settings.authentication.clone());
    let router = match &function.reaction {
        Some(reaction) => router.merge(reaction.endpoint.clone()),
        None => router,
    };
    router.merge(health::router(database, stop))
}

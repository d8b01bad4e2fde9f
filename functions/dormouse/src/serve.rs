//! Serving: the database first, the functions on it, and everything ended in order.

use std::path::Path;

use runtime::{
    App, Clock, Nudge, configuration::Settings, http::server::Server, run::stop_on_signal, shutdown, telemetry,
};
use storage::migrations;

use crate::{
    process::{Listen, Process},
    source::Source,
    welcome,
};

/// Serves until it is told to stop.
pub(crate) async fn serve(settings: Settings, folder: &Path) -> anyhow::Result<()> {
    let stop = stop_on_signal()?;
    let listen = Listen {
        api: settings.listen(),
        metrics: settings.metrics_listen(),
        authentication: settings.authentication.clone(),
    };
    demand_free(&listen).await?;
    telemetry::begin_metrics();
    welcome::begin(&settings, folder);
    let Some(mut source) = Source::start(&settings, folder, stop.clone()).await? else {
        return Ok(());
    };
    let is_private = source.server.is_some();
    let app = App {
        database: source.database(&settings),
        clock: Clock::system(),
        nudge: Nudge::default(),
        look_again: if is_private { App::ALONE } else { App::SHARED },
    };
    let served = async {
        // Another's migration is waited for, for as long as it takes.
        let Some(migrated) = stop.run_until_cancelled(migrations::migrate(&source.direct)).await else {
            return Ok(());
        };
        migrated?;
        let mut process = Process::start(&app, &listen, is_private).await?;
        welcome::ready(&process, &source, &app.clock, &listen.authentication);
        let result = tokio::select! {
            () = stop.cancelled() => Ok(()),
            error = process.failed() => Err(error),
            status = server_ended(&mut source) => Err(anyhow::anyhow!("the private PostgreSQL ended: {status}")),
        };
        process.stop().await;
        result
    }
    .await;
    shutdown::close(&app.database).await;
    source.stop().await?;
    served
}

/// Refuses addresses that cannot be listened on, before the person has waited for anything. They are bound for good once
/// there is something to serve: until then nobody's connection waits at them.
async fn demand_free(listen: &Listen) -> anyhow::Result<()> {
    listen.authentication.prepare(listen.api.ip())?;
    // Both at once: one address for both is taken, too.
    let _api = Server::bind(listen.api, "PORT or --listen").await?;
    let _metrics = Server::bind(listen.metrics, "METRICS_PORT").await?;
    Ok(())
}

/// Waits for the private server to end by itself; for ever where there is none.
async fn server_ended(source: &mut Source) -> String {
    match &mut source.server {
        Some(server) => {
            let status = server.ended().await;
            format!("{status}; its log is {}", server.log().display())
        }
        None => std::future::pending().await,
    }
}

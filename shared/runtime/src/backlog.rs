//! Gauges of what of the log waits to be handed on, for whoever watches over the process that hands it on.

use chrono::TimeDelta;
use storage::backlog;
use tokio_util::sync::CancellationToken;

use crate::App;

/// How often it is measured.
const EVERY: TimeDelta = TimeDelta::seconds(15);

/// Measures until it is told to stop.
pub async fn measure_regularly(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = measure(&app).await {
            tracing::debug!(%error, "the backlog cannot be measured now");
        }
        stop.run_until_cancelled(app.clock.sleep(EVERY)).await;
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a count of a thousand at most, and an age in milliseconds"
)]
async fn measure(app: &App) -> Result<(), storage::Error> {
    metrics::gauge!("database_connections_open").set(app.database.open_connections());
    let mut session = app.database.session().await?;
    let log = backlog::log(&mut session).await?;
    session.finish().await?;
    let age = log.oldest.map_or(TimeDelta::zero(), |oldest| app.clock.now() - oldest);
    metrics::gauge!("log_users_behind").set(log.users_behind as f64);
    metrics::gauge!("log_oldest_unpublished_seconds").set(age.num_milliseconds().max(0) as f64 / 1_000.0);
    Ok(())
}

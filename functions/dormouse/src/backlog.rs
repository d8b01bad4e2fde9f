//! Gauges of what of delivery waits, for whoever watches over this process.

use chrono::TimeDelta;
use runtime::{App, CancellationToken};
use storage::backlog;

/// How often it is measured.
const EVERY: TimeDelta = TimeDelta::seconds(15);

/// Measures until it is told to stop.
pub(crate) async fn measure_regularly(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = measure(&app).await {
            tracing::debug!(%error, "the backlog cannot be measured now");
        }
        stop.run_until_cancelled(app.clock.sleep(EVERY)).await;
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a thousand at most")]
async fn measure(app: &App) -> Result<(), storage::Error> {
    let mut session = app.database.session().await?;
    let backlog = backlog::deliveries(&mut session).await?;
    session.finish().await?;
    metrics::gauge!("retries_waiting").set(backlog.retries as f64);
    metrics::gauge!("dead_letters").set(backlog.dead_letters as f64);
    Ok(())
}

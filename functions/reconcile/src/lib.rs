//! Finds and repairs what an outage left behind: nothing rests on delivery alone. Each repair is counted; a count that
//! keeps growing means that something else is broken.

mod awaited;
mod forgotten;
mod zones;

use chrono::TimeDelta;
use runtime::{App, Function};

/// A mark of this age is older than any backlog that delivery works off by itself.
const OLD: TimeDelta = TimeDelta::minutes(5);
/// The most marks looked at in one run.
const MARKS: i64 = 1_000;

/// The function.
pub fn function(app: App) -> Function {
    Function::job("reconcile", || async move { Ok(run(&app).await?) })
}

/// Repairs what there is to repair.
///
/// # Errors
/// [`storage::Error`] when the database is away; what was repaired stays so, the rest is found the next time.
pub async fn run(app: &App) -> Result<(), storage::Error> {
    count("overdue_reminder", forgotten::fire(app).await?);
    count("missing_notification", awaited::notify(app).await?);
    count("missing_successor", awaited::make_successors(app).await?);
    count("moved_instant", zones::resolve_anew(app).await?);
    forgotten::forget_old_answers(app).await
}

fn count(repair: &'static str, repaired: usize) {
    if repaired > 0 {
        tracing::warn!(repair, repaired, "repaired what was left behind");
    }
    metrics::counter!("reconcile_repairs_total", "repair" => repair)
        .increment(u64::try_from(repaired).unwrap_or(u64::MAX));
}

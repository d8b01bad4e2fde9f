//! Finds and repairs what an outage left behind: nothing rests on delivery alone. Each repair is counted; a count that
//! keeps growing means that something else is broken.

mod awaited;
mod forgotten;
mod repair;
mod tally;
mod zones;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use runtime::{App, Function};

use crate::{repair::Repair, tally::Tally};

/// A mark of this age is older than any backlog that delivery works off by itself.
const OLD: TimeDelta = TimeDelta::minutes(5);
/// The most found at once.
const PAGE: i64 = 500;

/// The function.
pub fn function(app: App) -> Function {
    Function::job("reconcile", || async move { run(&app).await })
}

/// Repairs what there is to repair; what fails does not stop the rest.
///
/// # Errors
/// What could not be repaired now, and why, in one line; the next run finds it again. What was repaired stays so.
pub async fn run(app: &App) -> anyhow::Result<()> {
    let mut failures = BTreeMap::<String, Vec<&str>>::new();
    for repair in Repair::ALL {
        let mut tally = Tally::default();
        let result = repair.run(app, &mut tally).await;
        tally.count(repair.name());
        if let Err(error) = result.and(tally.outcome()) {
            // A database that is away fails them all alike.
            failures.entry(error.to_string()).or_default().push(repair.name());
        }
    }
    let described: Vec<_> = failures
        .iter()
        .map(|(error, repairs)| format!("{}: {error}", repairs.join(", ")))
        .collect();
    anyhow::ensure!(described.is_empty(), "{}", described.join("; "));
    Ok(())
}

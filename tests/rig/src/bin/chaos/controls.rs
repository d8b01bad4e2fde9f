//! Systems that are broken on purpose, one for each way in which what must hold can be violated: a check that does not find
//! them out checks nothing.

mod list;

use std::{collections::BTreeMap, time::Duration};

use rig::{
    chaos::{Stage, clock::MovedClock, round, schedule::Planned},
    cluster::Cluster,
};

use self::list::{CONTROLS, Control};
use crate::{say, settings};

/// How many rounds one may go unnoticed in.
const ROUNDS: u64 = 3;

/// Tries those whose names begin with `only`; answers how many were not found out.
pub(crate) async fn run(only: &str, first: u64, length: Duration) -> anyhow::Result<u64> {
    let mut unnoticed = 0;
    let chosen = CONTROLS.iter().filter(|control| control.name.starts_with(only));
    anyhow::ensure!(chosen.clone().count() > 0, "no control's name begins with {only}");
    for control in chosen {
        let is_found = is_found_out(control, first, length).await?;
        say(&format!(
            "{}: {}",
            control.name,
            if is_found { "found out" } else { "NOT FOUND OUT" }
        ));
        unnoticed += u64::from(!is_found);
    }
    Ok(unnoticed)
}

async fn is_found_out(control: &Control, first: u64, length: Duration) -> anyhow::Result<bool> {
    let folder = tempfile::tempdir()?;
    let clock = MovedClock::new(folder.path(), "clock")?;
    let reconciles_by = MovedClock::new(folder.path(), "reconcile")?;
    let mut settings = settings(&clock);
    settings.instead = control
        .function
        .map(|function| (function, "control"))
        .into_iter()
        .collect();
    settings
        .environment
        .extend(BTreeMap::from([("CONTROL".to_owned(), control.name.to_owned())]));
    let cluster = Cluster::start(settings).await?;
    for sql in control.sql {
        sqlx::query(*sql).execute(&cluster.pool()).await?;
    }
    let schedule: Vec<_> = control
        .disturbed
        .iter()
        .map(|(at, disturbance)| Planned {
            at: Duration::from_millis(*at),
            disturbance: disturbance.clone(),
        })
        .collect();
    for seed in first..first + ROUNDS {
        let stage = Stage {
            cluster: &cluster,
            clock: &clock,
            reconciles_by: &reconciles_by,
        };
        let outcome = round(stage, seed, &schedule, length).await?;
        let mut found = outcome.violations.iter();
        if let Some(violation) = found.find(|violation| violation.property == control.violates) {
            say(&format!("  {violation}"));
            cluster.stop().await?;
            return Ok(true);
        }
    }
    cluster.stop().await?;
    Ok(false)
}

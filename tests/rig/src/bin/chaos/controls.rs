//! Systems that are broken on purpose, one for each way in which what must hold can be violated: a check that does not find
//! them out checks nothing.

use std::{collections::BTreeMap, time::Duration};

use rig::{
    chaos::{
        Stage,
        check::Property,
        clock::MovedClock,
        round,
        schedule::{Disturbance, Planned},
    },
    cluster::{Cluster, Part},
};

use crate::{say, settings};

/// How many rounds one may go unnoticed in.
const ROUNDS: u64 = 3;

/// A broken system.
struct Control {
    name: &'static str,
    /// The function that is broken; none where it is the database.
    function: Option<&'static str>,
    /// What is done to the database.
    sql: &'static [&'static str],
    /// What shows it, at so many milliseconds.
    disturbed: &'static [(u64, Disturbance)],
    violates: Property,
}

const CONTROLS: [Control; 9] = [
    Control {
        name: "commits-not-awaited",
        function: None,
        sql: &[
            "ALTER SYSTEM SET synchronous_commit = off",
            "ALTER SYSTEM SET wal_writer_delay = '10s'",
            "SELECT pg_reload_conf()",
        ],
        disturbed: &[(5_000, Disturbance::Kill(Part::Postgres, Duration::ZERO))],
        violates: Property::Writes,
    },
    Control {
        name: "table-beside-the-log",
        function: None,
        sql: &[
            "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN NEW.description := OLD.description; RETURN NEW; END $$",
            "CREATE TRIGGER forget BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION forget()",
        ],
        disturbed: &[],
        violates: Property::Log,
    },
    Control {
        name: "relay-marks-first",
        function: Some("relay-log"),
        sql: &[],
        disturbed: &[
            (3_000, Disturbance::Pause(Part::Kafka, Duration::from_secs(3))),
            (5_000, Disturbance::Kill(Part::Function("relay-log"), Duration::ZERO)),
        ],
        violates: Property::Topics,
    },
    Control {
        name: "relay-reorders",
        function: Some("relay-log"),
        sql: &[],
        disturbed: &[(
            3_000,
            Disturbance::Pause(Part::Function("relay-log"), Duration::from_secs(3)),
        )],
        violates: Property::Topics,
    },
    Control {
        name: "dispatcher-without-a-lock",
        function: Some("dispatch-reminders"),
        sql: &[],
        disturbed: &[],
        violates: Property::Reminders,
    },
    Control {
        name: "dispatcher-too-early",
        function: Some("dispatch-reminders"),
        sql: &[],
        disturbed: &[],
        violates: Property::Reminders,
    },
    Control {
        name: "notification-of-each-delivery",
        function: Some("on-reminder-due"),
        sql: &[],
        disturbed: &[(6_000, Disturbance::Kill(Part::Dispatcher, Duration::ZERO))],
        violates: Property::Reminders,
    },
    Control {
        name: "notification-of-no-delivery",
        function: Some("on-reminder-due"),
        sql: &[],
        disturbed: &[],
        violates: Property::Letters,
    },
    Control {
        name: "successor-of-each-delivery",
        function: Some("on-task-completed"),
        sql: &["DROP INDEX tasks_one_per_occurrence"],
        disturbed: &[(6_000, Disturbance::Kill(Part::Dispatcher, Duration::ZERO))],
        violates: Property::Completions,
    },
];

/// Answers how many were not found out.
pub(crate) async fn run(first: u64, length: Duration) -> anyhow::Result<u64> {
    let mut unnoticed = 0;
    for control in &CONTROLS {
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

//! The broken systems there are.

use std::time::Duration;

use rig::{
    chaos::{check::Property, schedule::Disturbance},
    cluster::Part,
};

/// A broken system.
#[derive(Debug)]
pub(super) struct Control {
    pub(super) name: &'static str,
    /// The function that is broken; none where it is the database.
    pub(super) function: Option<&'static str>,
    /// What is done to the database.
    pub(super) sql: &'static [&'static str],
    /// What shows it, at so many milliseconds.
    pub(super) disturbed: &'static [(u64, Disturbance)],
    pub(super) violates: Property,
}

impl Control {
    const fn of(function: &'static str, name: &'static str, violates: Property) -> Self {
        Self {
            name,
            function: Some(function),
            sql: &[],
            disturbed: &[],
            violates,
        }
    }

    const fn of_database(name: &'static str, sql: &'static [&'static str], violates: Property) -> Self {
        Self {
            name,
            function: None,
            sql,
            disturbed: &[],
            violates,
        }
    }

    const fn after(self, sql: &'static [&'static str]) -> Self {
        Self { sql, ..self }
    }

    const fn shown_by(self, disturbed: &'static [(u64, Disturbance)]) -> Self {
        Self { disturbed, ..self }
    }
}

const NO_TIME: Duration = Duration::ZERO;

pub(super) const CONTROLS: &[Control] = &[
    Control::of_database(
        "commits-not-awaited",
        &[
            "ALTER SYSTEM SET synchronous_commit = off",
            "ALTER SYSTEM SET wal_writer_delay = '10s'",
            "SELECT pg_reload_conf()",
        ],
        Property::Writes,
    )
    .shown_by(&[(5_000, Disturbance::Kill(Part::Postgres, NO_TIME))]),
    Control::of("create-task", "creates-whatever-its-key", Property::Writes).shown_by(&[
        (3_000, Disturbance::Kill(Part::Gateway, NO_TIME)),
        (4_500, Disturbance::Kill(Part::Gateway, NO_TIME)),
        (6_000, Disturbance::Kill(Part::Gateway, NO_TIME)),
        (7_500, Disturbance::Kill(Part::Gateway, NO_TIME)),
    ]),
    Control::of("complete-task", "completes-nothing", Property::Answers),
    Control::of("complete-task", "completes-what-is-not-there", Property::Answers),
    Control::of("get-task", "shows-what-is-anothers", Property::Privacy),
    Control::of_database(
        "table-beside-the-log",
        &[
            "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN NEW.description := OLD.description; RETURN NEW; END $$",
            "CREATE TRIGGER forget BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION forget()",
        ],
        Property::Log,
    ),
    Control::of("relay-log", "relay-marks-first", Property::Topics).shown_by(&[
        (3_000, Disturbance::Pause(Part::Kafka, Duration::from_secs(3))),
        (5_000, Disturbance::Kill(Part::Function("relay-log"), NO_TIME)),
        (5_000, Disturbance::Kill(Part::Function("relay-log-2"), NO_TIME)),
    ]),
    Control::of("relay-log", "relay-reorders", Property::Topics).shown_by(&[
        (
            3_000,
            Disturbance::Pause(Part::Function("relay-log"), Duration::from_secs(3)),
        ),
        (
            3_000,
            Disturbance::Pause(Part::Function("relay-log-2"), Duration::from_secs(3)),
        ),
    ]),
    Control::of("dispatch-reminders", "dispatcher-without-a-lock", Property::Reminders),
    Control::of("dispatch-reminders", "dispatcher-too-early", Property::Reminders),
    Control::of_database(
        "reminder-rounded-down",
        &[
            "CREATE FUNCTION round_down() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN NEW.fire_at := date_trunc('second', NEW.fire_at); RETURN NEW; END $$",
            "CREATE TRIGGER round_down BEFORE INSERT OR UPDATE ON reminders FOR EACH ROW EXECUTE FUNCTION round_down()",
        ],
        Property::Reminders,
    ),
    Control::of("on-reminder-due", "notification-of-each-delivery", Property::Reminders)
        .shown_by(&[(6_000, Disturbance::Kill(Part::Dispatcher, NO_TIME))]),
    Control::of("on-reminder-due", "notification-of-no-delivery", Property::Letters),
    Control::of("on-reminder-due", "notification-refuses-every-event", Property::Letters),
    Control::of("on-reminder-due", "notification-fails-every-event", Property::Letters),
    Control::of("on-task-completed", "successor-of-each-delivery", Property::Completions)
        .after(&["DROP INDEX tasks_one_per_occurrence"])
        .shown_by(&[(6_000, Disturbance::Kill(Part::Dispatcher, NO_TIME))]),
    Control::of("on-task-completed", "successor-of-no-delivery", Property::Completions),
    Control::of("stream-changes", "streams-from-the-beginning", Property::Changes)
        .shown_by(&[(5_000, Disturbance::Kill(Part::Function("stream-changes"), NO_TIME))]),
];

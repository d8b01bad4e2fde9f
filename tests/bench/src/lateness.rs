//! How late reminders are in one process. None may be early, missing or doubled: that fails the run.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use runtime::Clock;
use sqlx::PgConnection;
use storage::{Database, Pooler};
use tokio::task::JoinSet;

use crate::{
    cluster::{BenchDatabase, Cluster},
    create::until_delivered,
    plan::Plan,
    program::{self, Program, Says},
    report::Section,
    sample::{self, USERS},
    serve::POOL,
    statistics::percentile,
};

const HOW: &[&str] = &[
    "The dormouse binary on a database of its own; one reminder a task, 1,000 users, written by SQL before they are due.",
    "Late from the moment set to: fired (the dispatcher's decision), made (the notification's created_at), committed (its",
    "row's commit, by track_commit_timestamp, the one setting that differs from production). Percentiles of each round.",
];
/// How many tasks are written at once beforehand.
const WRITERS: u32 = 8;
/// How long the last notification may take before it counts as missing.
const PATIENCE: TimeDelta = TimeDelta::seconds(120);

/// Reminders and when they are due.
#[derive(Debug, Clone, Copy)]
struct Wave {
    name: &'static str,
    count: u32,
    /// Evenly over this long; all at one instant where it is zero.
    over: TimeDelta,
    goal: Option<&'static str>,
}

/// How late each reminder was, in ms.
#[derive(Debug, Default)]
struct Lateness {
    fired: Vec<f64>,
    made: Vec<f64>,
    committed: Vec<f64>,
}

pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Section> {
    let cluster = Cluster::start(&[("track_commit_timestamp", "on")]).await?;
    let mut section = Section::new("lateness", cluster.version(), HOW);
    let waves = [
        Wave {
            name: plan.pick("1,000 within a minute", "1,000 within 10 s"),
            count: 1_000,
            over: plan.pick(TimeDelta::seconds(60), TimeDelta::seconds(10)),
            goal: Some("≤ 20"),
        },
        Wave {
            name: plan.pick("10,000 at one instant", "2,000 at one instant"),
            count: plan.pick(10_000, 2_000),
            over: TimeDelta::zero(),
            goal: None,
        },
    ];
    let mut rounds: [Vec<Lateness>; 2] = Default::default();
    // A round takes two minutes: three say enough, each of a thousand reminders and more.
    for _ in 0..plan.pick(plan.rounds.div_ceil(2), 1) {
        for (wave, rounds) in waves.iter().zip(&mut rounds) {
            rounds.push(round(&cluster, wave).await?);
        }
    }
    for (wave, rounds) in waves.iter().zip(&rounds) {
        tell(&mut section, wave, rounds);
    }
    cluster.stop().await?;
    Ok(section)
}

async fn round(cluster: &Cluster, wave: &Wave) -> anyhow::Result<Lateness> {
    let database = cluster.database("lateness").await?;
    let mut command = program::command(program::binary("dormouse")?);
    command.env("DATABASE_URL", &database.url);
    let dormouse = Program::start(command, Says::Output).await?;
    let mut connection = database.connect().await?;
    let first = fill(&database, wave).await?;
    until_delivered(&mut connection).await?;
    let clock = Clock::system();
    anyhow::ensure!(
        clock.now() < first,
        "this machine is too slow to write {} tasks in time",
        wave.count
    );
    clock.sleep(first + wave.over - clock.now()).await;
    until_notified(&mut connection, wave, first + wave.over + PATIENCE).await?;
    // What is doubled would show by now: every event was handed on.
    until_delivered(&mut connection).await?;
    demand_each_once(&mut connection, wave).await?;
    let lateness = look(&mut connection).await?;
    dormouse.end().await?;
    drop(connection);
    cluster.forget(database).await?;
    Ok(lateness)
}

/// Writes the tasks, and answers when the first is due.
async fn fill(database: &BenchDatabase, wave: &Wave) -> anyhow::Result<DateTime<Utc>> {
    let clock = Clock::system();
    let first = clock.now() + TimeDelta::seconds(4) + TimeDelta::milliseconds(2) * wave.count.cast_signed();
    let database = Database::lazy(database.options.clone(), POOL, Pooler::None);
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (database, wave) = (database.clone(), *wave);
        writers.spawn(async move {
            let clock = Clock::system();
            let mut session = database.session().await?;
            for number in (writer..wave.count).step_by(WRITERS as usize) {
                let moment = first + wave.over * number.cast_signed() / wave.count.cast_signed();
                let task = sample::new_task(Some(moment))?;
                sample::create(&mut session, &clock, sample::user(number % USERS), task).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(writer) = writers.join_next().await {
        writer??;
    }
    database.close().await;
    Ok(first)
}

async fn until_notified(connection: &mut PgConnection, wave: &Wave, until: DateTime<Utc>) -> anyhow::Result<()> {
    let clock = Clock::system();
    loop {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM notifications")
            .fetch_one(&mut *connection)
            .await?;
        if count >= i64::from(wave.count) {
            return Ok(());
        }
        anyhow::ensure!(
            clock.now() < until,
            "of {} reminders only {count} made a notification within {} s",
            wave.count,
            PATIENCE.num_seconds()
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Each reminder has fired once, made one notification and one event of each kind, and none was early.
async fn demand_each_once(connection: &mut PgConnection, wave: &Wave) -> anyhow::Result<()> {
    let counts: (i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM notifications),
                (SELECT count(DISTINCT reminder_id) FROM notifications),
                (SELECT count(*) FROM events WHERE type = 'todo.reminder.due'),
                (SELECT count(*) FROM events WHERE type = 'todo.notification.created')",
    )
    .fetch_one(&mut *connection)
    .await?;
    let count = i64::from(wave.count);
    anyhow::ensure!(
        counts == (count, count, count, count),
        "of {count} reminders: notifications, reminders with one, due events, notification events = {counts:?}"
    );
    let early: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM notifications n JOIN reminders r ON r.user_id = n.user_id AND r.id = n.reminder_id
         WHERE n.fired_at < r.at OR n.created_at < r.at OR n.remind_at <> r.at OR pg_xact_commit_timestamp(n.xmin) < r.at",
    )
    .fetch_one(connection)
    .await?;
    anyhow::ensure!(early == 0, "{early} reminders were early");
    Ok(())
}

async fn look(connection: &mut PgConnection) -> anyhow::Result<Lateness> {
    let rows: Vec<(f64, f64, f64)> = sqlx::query_as(
        "SELECT extract(epoch FROM fired_at - remind_at)::float8 * 1000,
                extract(epoch FROM created_at - remind_at)::float8 * 1000,
                extract(epoch FROM pg_xact_commit_timestamp(xmin) - remind_at)::float8 * 1000
         FROM notifications",
    )
    .fetch_all(connection)
    .await?;
    let mut lateness = Lateness::default();
    for (fired, made, committed) in rows {
        lateness.fired.push(fired);
        lateness.made.push(made);
        lateness.committed.push(committed);
    }
    Ok(lateness)
}

fn tell(section: &mut Section, wave: &Wave, rounds: &[Lateness]) {
    let mut stage = |stage: &str, of: fn(&Lateness) -> &[f64], goal: Option<&'static str>| {
        for (name, share) in [("p50", 0.50), ("p99", 0.99), ("max", 1.0)] {
            let values = rounds.iter().map(|round| percentile(of(round), share)).collect();
            let goal = goal.filter(|_| name == "p99");
            section.figure_for(goal, format!("{}: {stage}, {name}", wave.name), "ms", values);
        }
    };
    stage("fired", |lateness| &lateness.fired, None);
    stage("made", |lateness| &lateness.made, wave.goal);
    stage("committed", |lateness| &lateness.committed, wave.goal);
}

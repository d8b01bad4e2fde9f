//! What the dispatcher costs while nothing is due, with few and with many reminders still ahead: the same, for its
//! cost may grow with what is due only.

use std::time::{Duration, Instant};

use sqlx::PgConnection;

use crate::{
    cluster::{BenchDatabase, Cluster, run},
    plan::Plan,
    procfs,
    program::{self, Program, Says},
    report::Section,
    statistics::median,
};

const HOW: &[&str] = &[
    "The dispatch-reminders binary, looking again every 25 ms, beside reminders years ahead, ten a task, of 1,000 users.",
    "Processor time of its threads and of its connections' PostgreSQL processes (schedstat); the databases take turns.",
];
const SETTLE: Duration = Duration::from_secs(2);

/// Processor time in ms for each second.
#[derive(Debug, Default)]
struct Cost {
    dispatcher: Vec<f64>,
    postgres: Vec<f64>,
}

pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Section> {
    let cluster = Cluster::start(&[]).await?;
    let mut section = Section::new("dispatcher, idle", cluster.version(), HOW);
    let counts = plan.pick([10_000, 1_000_000], [1_000, 50_000]);
    let databases = [cluster.database("few").await?, cluster.database("many").await?];
    for (database, count) in databases.iter().zip(counts) {
        fill(database, count).await?;
    }
    let mut watcher = cluster.connect().await?;
    let mut costs: [Cost; 2] = Default::default();
    for round in 0..plan.rounds as usize {
        for turn in 0..2 {
            let index = (round + turn) % 2;
            watch(plan, &mut watcher, &databases[index], &mut costs[index]).await?;
        }
    }
    for (cost, count) in costs.iter().zip(counts) {
        section.figure(format!("{count} ahead: dispatcher"), "ms/s", cost.dispatcher.clone());
        section.figure(
            format!("{count} ahead: its PostgreSQL processes"),
            "ms/s",
            cost.postgres.clone(),
        );
    }
    let [few, many] = &costs;
    let mut ratio = |name: &str, many: &[f64], few: &[f64]| {
        let ratios = many.iter().zip(few).map(|(many, few)| many / few).collect();
        section.figure_for(Some("≈ 1"), name, "×", ratios);
    };
    ratio("dispatcher: many ÷ few", &many.dispatcher, &few.dispatcher);
    ratio("PostgreSQL: many ÷ few", &many.postgres, &few.postgres);
    section.figure(
        "both: many ÷ few, of medians",
        "×",
        vec![(median(&many.dispatcher) + median(&many.postgres)) / (median(&few.dispatcher) + median(&few.postgres))],
    );
    cluster.stop().await?;
    Ok(section)
}

/// Puts `count` reminders in, years ahead.
async fn fill(database: &BenchDatabase, count: u32) -> anyhow::Result<()> {
    let tasks = count / 10;
    let sql = format!(
        "SET statement_timeout = 0;
         -- The references hold by construction; checking a million singly takes longer than all the rest.
         SET session_replication_role = replica;
         CREATE TEMP TABLE made AS
             SELECT ('00000000-0000-4000-8000-' || lpad((n % 1000)::text, 12, '0'))::uuid AS user_id, gen_random_uuid() AS id
             FROM generate_series(1, {tasks}) n;
         INSERT INTO tasks (user_id, id, title, description, priority, tags, time_zone, version, created_at, updated_at,
                            title_key, search)
             SELECT user_id, id, 'Far off', '', 'medium', '{{}}', 'UTC', 1, now(), now(), 'far off', '' FROM made;
         INSERT INTO reminders (user_id, task_id, id, position, at, fire_at, state, generation)
             SELECT user_id, id, gen_random_uuid(), p, moment, moment, 'scheduled', 1
             FROM made, generate_series(0, 9) p,
                  LATERAL (SELECT date_trunc('second', now()) + interval '3 years' + random() * interval '3 years' + p * interval '1 s'
                          AS moment) m;
         DROP TABLE made;
         RESET session_replication_role"
    );
    let mut connection = database.connect().await?;
    run(&mut connection, sql).await?;
    run(&mut connection, "VACUUM (ANALYZE) tasks".to_owned()).await?;
    run(&mut connection, "VACUUM (ANALYZE) reminders".to_owned()).await?;
    run(&mut connection, "CHECKPOINT".to_owned()).await
}

/// Runs a dispatcher on `database` and adds what it costs.
async fn watch(
    plan: &Plan,
    watcher: &mut PgConnection,
    database: &BenchDatabase,
    cost: &mut Cost,
) -> anyhow::Result<()> {
    let mut command = program::command(program::binary("dispatch-reminders")?);
    command.env("DATABASE_URL", &database.url);
    let dispatcher = Program::start(command, Says::Log).await?;
    tokio::time::sleep(SETTLE).await;
    let backends: Vec<i32> =
        sqlx::query_scalar("SELECT pid FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'")
            .bind(database.name)
            .fetch_all(watcher)
            .await?;
    anyhow::ensure!(!backends.is_empty(), "the dispatcher holds no connection to watch");
    let look = || {
        let postgres: Duration = backends.iter().map(|pid| procfs::cpu_of(pid.cast_unsigned())).sum();
        (Instant::now(), procfs::cpu_of(dispatcher.pid), postgres)
    };
    let before = look();
    tokio::time::sleep(plan.pick(Duration::from_secs(10), Duration::from_secs(3))).await;
    let after = look();
    let seconds = (after.0 - before.0).as_secs_f64();
    let each = |from: Duration, to: Duration| to.saturating_sub(from).as_secs_f64() * 1e3 / seconds;
    cost.dispatcher.push(each(before.1, after.1));
    cost.postgres.push(each(before.2, after.2));
    dispatcher.end().await
}

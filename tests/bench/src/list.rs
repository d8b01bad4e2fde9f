//! Pages of lists in an account of a million tasks, among others.

mod cases;

use std::time::{Duration, Instant};

use runtime::Clock;
use sqlx::PgConnection;
use storage::{
    Database, Pooler,
    tasks::{self, ListError, Position},
};

use crate::{
    cluster::{BenchDatabase, Cluster, run},
    plan::Plan,
    report::Section,
    sample,
    statistics::percentile,
};
use cases::{Case, cases};

const HOW: &[&str] = &[
    "storage::tasks::list in a snapshot of its own on one connection, as list-tasks reads a page of 50; the first page and",
    "the three that follow it, over and over. Entries: what the indexes of tasks handed over for the dearest of them.",
];
const PAGE: usize = 50;
const PAGES: usize = 4;
/// How long one list is looked at.
const LONGEST: Duration = Duration::from_secs(10);

/// A page's cost.
#[derive(Debug, Default)]
struct Costs {
    ms: Vec<f64>,
    entries: Vec<f64>,
    /// How many were given up as too broad.
    given_up: usize,
}

pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Section> {
    // As large a cache as a small server has; the account fits into it.
    let cluster = Cluster::start(&[("shared_buffers", "1GB")]).await?;
    let mut section = Section::new("lists", cluster.version(), HOW);
    let bench = cluster.database("list").await?;
    let (mine, others) = (
        plan.pick(1_000_000, 20_000),
        plan.others_tasks.min(plan.pick(u32::MAX, 20_000)),
    );
    section.note(format!("{mine} tasks in the account, {others} in a thousand others."));
    seed(&bench, mine, others).await?;
    let database = Database::lazy(bench.options.clone(), 1, Pooler::None);
    for case in cases(Clock::system().now()) {
        let costs = look(&database, &case, plan.pick(50, 3)).await?;
        tell(&mut section, &case, &costs);
    }
    database.close().await;
    cluster.stop().await?;
    Ok(section)
}

async fn seed(database: &BenchDatabase, mine: u32, others: u32) -> anyhow::Result<()> {
    let user = sample::user(0).to_string();
    let sql = include_str!("list/seed.sql")
        .replace("$TASKS", &mine.to_string())
        .replace("$OTHERS", &others.to_string())
        .replace("$USERS", &user[..user.len() - 12]);
    // The role's statement_timeout is not for filling a database.
    let options = database.options.clone().options([("statement_timeout", "0")]);
    let mut connection = <PgConnection as sqlx::Connection>::connect_with(&options).await?;
    run(&mut connection, sql).await?;
    run(&mut connection, "VACUUM ANALYZE tasks".to_owned()).await?;
    run(&mut connection, "CHECKPOINT".to_owned()).await
}

async fn look(database: &Database, case: &Case, times: usize) -> anyhow::Result<Costs> {
    let mut costs = Costs::default();
    let began = Instant::now();
    // The first time reads what later ones find in memory.
    for time in 0..=times {
        if time > 1 && began.elapsed() > LONGEST {
            break;
        }
        let mut after = None;
        for _ in 0..PAGES {
            let (page, ms) = page(database, case, after.as_ref(), &mut costs).await?;
            if time > 0 {
                costs.ms.push(ms);
            }
            after = page;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(costs)
}

/// Reads a page; answers where the next begins, and how long it took.
async fn page(
    database: &Database,
    case: &Case,
    after: Option<&Position>,
    costs: &mut Costs,
) -> anyhow::Result<(Option<Position>, f64)> {
    let now = Clock::system().now();
    let began = Instant::now();
    let mut snapshot = database.list_snapshot().await?;
    let begun = began.elapsed();
    let entries_before = entries(&mut snapshot).await?;
    let began = Instant::now();
    let listed = tasks::list(&mut snapshot, sample::user(0), &case.listing, now, after, PAGE).await;
    let ms = (begun + began.elapsed()).as_secs_f64() * 1e3;
    let next = match listed {
        Ok(listed) => listed.next,
        Err(ListError::TooBroad) => {
            costs.given_up += 1;
            return Ok((None, ms));
        }
        Err(error) => return Err(error.into()),
    };
    costs.entries.push(entries(&mut snapshot).await? - entries_before);
    snapshot.commit().await?;
    Ok((next, ms))
}

/// How many index entries this connection was handed of late.
async fn entries(connection: &mut PgConnection) -> anyhow::Result<f64> {
    let sql = "SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid))::float8 FROM pg_index
               WHERE indrelid = 'tasks'::regclass";
    Ok(sqlx::query_scalar(sql).fetch_one(connection).await?)
}

fn tell(section: &mut Section, case: &Case, costs: &Costs) {
    let name = case.name;
    section.figure(format!("{name}: p50"), "ms", vec![percentile(&costs.ms, 0.5)]);
    section.figure_for(
        case.goal,
        format!("{name}: p99"),
        "ms",
        vec![percentile(&costs.ms, 0.99)],
    );
    if !costs.entries.is_empty() {
        section.figure(format!("{name}: entries"), "", vec![percentile(&costs.entries, 1.0)]);
    }
    if costs.given_up > 0 {
        section.figure(format!("{name}: given up"), "", vec![costs.given_up as f64]);
    }
}

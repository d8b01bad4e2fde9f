//! Where the time of one create goes: the same client does each step in turn, from a bare round trip up to HTTP.

use std::time::Instant;

use runtime::Clock;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use storage::{Database, Pooler};
use uuid::Uuid;

use crate::{
    cluster::BenchDatabase,
    http_load::Client,
    plan::Plan,
    report::Section,
    sample,
    serve::{self, Served},
};

/// Repetitions before the measured ones: statements are prepared, and planned for good, in the first few.
const WARM_UP: usize = 20;

/// What the steps are done with.
struct Ladder {
    clock: Clock,
    plain: PgConnection,
    plain_unflushed: PgConnection,
    held: PgConnection,
    held_unflushed: PgConnection,
    held_generic: PgConnection,
    pool: Database,
    client: Client,
    insert: String,
}

const STEPS: [&str; 9] = [
    "deciding: task, event and its JSON, no database",
    "round trip: SELECT 1",
    "plain INSERT",
    "plain INSERT, commit not flushed",
    "create, connection held",
    "create, connection held, commit not flushed",
    "create, connection held, generic plan forced",
    "create, connection from the pool",
    "create over HTTP",
];

/// Adds the median of each step.
pub(crate) async fn measure(
    plan: &Plan,
    plain: &BenchDatabase,
    alone: &BenchDatabase,
    section: &mut Section,
) -> anyhow::Result<()> {
    let server = serve::start(Served::CreateTask, &alone.url).await?;
    let mut ladder = Ladder::new(plain, alone, Client::connect(server.address).await?).await?;
    let mut took: [Vec<f64>; STEPS.len()] = Default::default();
    for repetition in 0..WARM_UP + plan.pick(500, 50) {
        for (step, took) in took.iter_mut().enumerate() {
            let began = Instant::now();
            ladder.step(step).await?;
            if repetition >= WARM_UP {
                took.push(began.elapsed().as_secs_f64() * 1e6);
            }
        }
    }
    section.note(ladder.plans().await?);
    ladder.close().await?;
    server.end().await?;
    for (name, took) in STEPS.into_iter().zip(took) {
        section.figure(format!("one client, {name}"), "µs", took);
    }
    Ok(())
}

impl Ladder {
    async fn new(plain: &BenchDatabase, alone: &BenchDatabase, client: Client) -> anyhow::Result<Self> {
        let unflushed = [("synchronous_commit", "off")];
        let generic = [("plan_cache_mode", "force_generic_plan")];
        Ok(Self {
            clock: Clock::system(),
            plain: plain.connect().await?,
            plain_unflushed: PgConnection::connect_with(&plain.options.clone().options(unflushed)).await?,
            held: alone.connect().await?,
            held_unflushed: PgConnection::connect_with(&alone.options.clone().options(unflushed)).await?,
            held_generic: PgConnection::connect_with(&alone.options.clone().options(generic)).await?,
            pool: Database::lazy(alone.options.clone(), 1, Pooler::None),
            client,
            insert: sample::plain_insert("$1", "$2"),
        })
    }

    async fn step(&mut self, step: usize) -> anyhow::Result<()> {
        let number = sample::any_user();
        let user = sample::user(number);
        let task = sample::new_task(None)?;
        let clock = &self.clock;
        match step {
            0 => drop(std::hint::black_box(sample::decide(clock, user, task)?)),
            1 => round_trip(&mut self.plain).await?,
            2 => insert(&mut self.plain, &self.insert, user.0, clock.new_id()).await?,
            3 => insert(&mut self.plain_unflushed, &self.insert, user.0, clock.new_id()).await?,
            4 => sample::create(&mut self.held, clock, user, task).await?,
            5 => sample::create(&mut self.held_unflushed, clock, user, task).await?,
            6 => sample::create(&mut self.held_generic, clock, user, task).await?,
            7 => sample::create(&mut *self.pool.session().await?, clock, user, task).await?,
            _ => self.client.create(number).await?,
        }
        Ok(())
    }

    /// Whether PostgreSQL plans the statement each time or has planned it for good.
    async fn plans(&mut self) -> anyhow::Result<String> {
        let (custom, generic): (i64, i64) = sqlx::query_as(
            "SELECT sum(custom_plans)::bigint, sum(generic_plans)::bigint FROM pg_prepared_statements
             WHERE statement LIKE 'WITH head%'",
        )
        .fetch_one(&mut self.held)
        .await?;
        Ok(format!(
            "On one connection PostgreSQL planned the create {custom} times for its parameters and used a generic plan {generic} times."
        ))
    }

    async fn close(self) -> anyhow::Result<()> {
        for connection in [
            self.plain,
            self.plain_unflushed,
            self.held,
            self.held_unflushed,
            self.held_generic,
        ] {
            connection.close().await?;
        }
        self.pool.close().await;
        Ok(())
    }
}

async fn round_trip(connection: &mut PgConnection) -> anyhow::Result<()> {
    sqlx::query("SELECT 1").execute(connection).await?;
    Ok(())
}

async fn insert(connection: &mut PgConnection, sql: &str, user: Uuid, id: Uuid) -> anyhow::Result<()> {
    sqlx::query(AssertSqlSafe(sql))
        .bind(user)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

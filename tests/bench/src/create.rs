//! Creates per second, over HTTP and by SQL alone, against pgbench's plain INSERT of a row of the same size.

mod sides;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::PgConnection;

use self::sides::{Rounds, SIDES, Side, tell};
use crate::{
    cluster::{BenchDatabase, Cluster, run},
    gateway,
    http_load::{self, Users},
    issuer::Issuer,
    ladder,
    pgbench::Pgbench,
    plan::Plan,
    program::{self, Program, Says},
    report::Section,
    sample,
    serve::{self, POOL, Served},
    sql_load::{self, Connections},
    window::{self, Load, Measured, Stop},
};

const CLIENTS: u32 = 16;
/// How long delivery may take to catch up after a round.
const DRAIN: Duration = Duration::from_secs(300);

const HOW: &[&str] = &[
    "16 clients, 1,000 users; fsync on; clients, server and PostgreSQL share this machine's cores.",
    "Plain: pgbench -n -M prepared -j 2, one INSERT into a copy of tasks' columns with its primary key and nothing else.",
    "HTTP: keep-alive connections from one thread; the server is a process of its own with a pool of 16, logging to /dev/null.",
    "SQL: storage::tasks::create on a pool of 16; 'held' keeps one connection a client instead of asking the pool each time.",
    "Plain's CPU ÷ a side's, everybody's together, is what the ratio comes to where only cores lack; noise moves it less.",
    "Through the gateway: the gateway and create-task, both logging to a pipe, both verifying the user's token (EdDSA).",
    "A ratio is of one round's figures; the order of the sides changes from round to round.",
];

/// What the sides write to.
struct Bench<'a> {
    plan: &'a Plan,
    cluster: &'a Cluster,
    pgbench: Pgbench,
    plain: BenchDatabase,
    /// Nobody hands its log on.
    alone: BenchDatabase,
    /// `dormouse` hands its log on.
    whole: BenchDatabase,
}

pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Section> {
    let cluster = Cluster::start(&[]).await?;
    let mut section = Section::new("creates", cluster.version(), HOW);
    let bench = Bench::prepare(plan, &cluster).await?;
    let mut sides: [Rounds; SIDES.len()] = Default::default();
    for round in 0..plan.rounds as usize {
        for turn in 0..SIDES.len() {
            let index = (round + turn) % SIDES.len();
            bench.side(SIDES[index], &mut sides[index]).await?;
        }
    }
    tell(&mut section, &sides);
    bench.compare_rows(&mut section).await?;
    ladder::measure(plan, &bench.plain, &bench.alone, &mut section).await?;
    cluster.stop().await?;
    Ok(section)
}

impl<'a> Bench<'a> {
    async fn prepare(plan: &'a Plan, cluster: &'a Cluster) -> anyhow::Result<Self> {
        let plain = cluster.database("plain").await?;
        run(&mut plain.connect().await?, sample::PLAIN_TABLE.to_owned()).await?;
        Ok(Self {
            plan,
            cluster,
            pgbench: Pgbench::new(cluster, &plain)?,
            plain,
            alone: cluster.database("alone").await?,
            whole: cluster.database("whole").await?,
        })
    }

    async fn side(&self, side: Side, rounds: &mut Rounds) -> anyhow::Result<()> {
        let measured = match side {
            Side::Plain => self.pgbench.measure(self.plan, self.cluster, CLIENTS).await?,
            Side::Sql => {
                self.window(&[], |stop| {
                    sql_load::start(&self.alone, CLIENTS, stop, Connections::Pool)
                })
                .await?
            }
            Side::Held => {
                self.window(&[], |stop| {
                    sql_load::start(&self.alone, CLIENTS, stop, Connections::Held)
                })
                .await?
            }
            Side::CreateTask => self.http(Served::CreateTask, sample::any_user).await?.0,
            Side::OneUser => self.http(Served::CreateTask, || 0).await?.0,
            Side::Dormouse => {
                let (measured, drained) = self.http(Served::Dormouse, sample::any_user).await?;
                rounds.drained_ms.push(drained.as_secs_f64() * 1e3);
                measured
            }
            Side::Gateway => self.through_gateway().await?,
        };
        rounds.measured.push(measured);
        Ok(())
    }

    /// Measures creates over HTTP, and how long delivery went on after the last.
    async fn http(&self, served: Served, user: fn() -> u32) -> anyhow::Result<(Measured, Duration)> {
        let database = match served {
            Served::CreateTask => &self.alone,
            Served::Dormouse => &self.whole,
        };
        let server = serve::start(served, &database.url).await?;
        let address = server.address;
        let users = Users {
            next: user,
            authorizations: Arc::default(),
        };
        let load = |stop| http_load::start(address, CLIENTS, users, stop);
        let measured = self.window(&[server.pid], load).await?;
        let began = Instant::now();
        if served == Served::Dormouse {
            until_delivered(&mut database.connect().await?).await?;
        }
        let drained = began.elapsed();
        server.end().await?;
        Ok((measured, drained))
    }

    async fn through_gateway(&self) -> anyhow::Result<Measured> {
        let issuer = Issuer::new()?;
        let mut command = program::command(program::binary("create-task")?);
        command
            .env("DATABASE_URL", &self.alone.url)
            .env("DATABASE_POOL_SIZE", POOL.to_string());
        issuer.be_believed_by(&mut command);
        let function = Program::start(command, Says::Log).await?;
        let gateway = gateway::start(&issuer, function.address).await?;
        let users = Users {
            next: sample::any_user,
            authorizations: issuer.authorizations(sample::USERS)?,
        };
        let address = gateway.address;
        let load = |stop| http_load::start(address, CLIENTS, users, stop);
        let measured = self.window(&[gateway.pid, function.pid], load).await?;
        gateway.end().await?;
        function.end().await?;
        Ok(measured)
    }

    async fn window(&self, servers: &[u32], start: impl FnOnce(Stop) -> Load) -> anyhow::Result<Measured> {
        window::measure(self.plan, self.cluster, servers, start).await
    }

    async fn compare_rows(&self, section: &mut Section) -> anyhow::Result<()> {
        let plain = "SELECT avg(pg_column_size(t.*))::float8 FROM (SELECT * FROM plain_tasks LIMIT 1000) t";
        let task = "SELECT avg(pg_column_size(t.*))::float8 FROM (SELECT * FROM tasks LIMIT 1000) t";
        let plain: f64 = sqlx::query_scalar(plain)
            .fetch_one(&mut self.plain.connect().await?)
            .await?;
        let task: f64 = sqlx::query_scalar(task)
            .fetch_one(&mut self.alone.connect().await?)
            .await?;
        anyhow::ensure!(
            (plain - task).abs() < 1.0,
            "a plain row has {plain} bytes, a task's {task}: the sides write unlike rows"
        );
        section.figure("row, plain", "bytes", vec![plain]);
        section.figure("row, task", "bytes", vec![task]);
        Ok(())
    }
}

/// Waits until everything in the log was handed on.
pub(crate) async fn until_delivered(connection: &mut PgConnection) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        let is_behind: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM log_pending)")
            .fetch_one(&mut *connection)
            .await?;
        if !is_behind {
            return Ok(());
        }
        anyhow::ensure!(began.elapsed() < DRAIN, "the log was not handed on within {DRAIN:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

//! Creates per second, over HTTP and by SQL alone, against pgbench's plain INSERT of a row of the same size.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::PgConnection;

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

/// A side of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Plain,
    Sql,
    Held,
    CreateTask,
    Dormouse,
    OneUser,
    Gateway,
}

const SIDES: [Side; 7] = [
    Side::Plain,
    Side::Sql,
    Side::Held,
    Side::CreateTask,
    Side::Dormouse,
    Side::OneUser,
    Side::Gateway,
];

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain INSERT (pgbench)",
            Self::Sql => "SQL alone",
            Self::Held => "SQL alone, connections held",
            Self::CreateTask => "HTTP, create-task alone",
            Self::Dormouse => "HTTP, whole dormouse",
            Self::OneUser => "HTTP, create-task alone, one user",
            Self::Gateway => "HTTP, through the gateway with tokens",
        }
    }

    fn goal(self) -> Option<&'static str> {
        match self {
            Self::Sql => Some("≥ 0.55"),
            Self::CreateTask | Self::Dormouse => Some("≥ 0.4, then ≥ 1"),
            Self::Plain | Self::Held | Self::OneUser | Self::Gateway => None,
        }
    }
}

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

/// The rounds of one side, and how long delivery went on after each.
#[derive(Debug, Default)]
struct Rounds {
    measured: Vec<Measured>,
    drained_ms: Vec<f64>,
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

fn tell(section: &mut Section, sides: &[Rounds; SIDES.len()]) {
    let plain = values(&sides[0], |m| m.per_second);
    let plain_cpu = values(&sides[0], Measured::cpu_us);
    for (side, rounds) in SIDES.into_iter().zip(sides) {
        let rates = values(rounds, |m| m.per_second);
        section.figure(side.name(), "/s", rates.clone());
        if side != Side::Plain {
            section.figure_for(
                side.goal(),
                format!("{} ÷ plain", side.name()),
                "×",
                ratios(&rates, &plain),
            );
            let cpu = values(rounds, Measured::cpu_us);
            section.figure(format!("plain's CPU ÷ {}", side.name()), "×", ratios(&plain_cpu, &cpu));
        }
    }
    for (side, rounds) in SIDES.into_iter().zip(sides) {
        tell_costs(section, side, rounds);
    }
}

fn ratios(ones: &[f64], others: &[f64]) -> Vec<f64> {
    ones.iter().zip(others).map(|(one, other)| one / other).collect()
}

fn tell_costs(section: &mut Section, side: Side, rounds: &Rounds) {
    let mut figure = |what: &str, unit, of: fn(&Measured) -> f64| {
        section.figure(format!("{}: {what}", side.name()), unit, values(rounds, of));
    };
    // pgbench says the mean only.
    figure(
        if side == Side::Plain {
            "latency, mean"
        } else {
            "latency p50"
        },
        "ms",
        |m| m.p50_ms,
    );
    if side != Side::Plain {
        figure("latency p99", "ms", |m| m.p99_ms);
    }
    figure("CPU each, clients", "µs", |m| m.client_us);
    if !matches!(side, Side::Plain | Side::Sql | Side::Held) {
        figure("CPU each, server", "µs", |m| m.server_us);
    }
    figure("CPU each, PostgreSQL", "µs", |m| m.postgres_us);
    figure("WAL each", "bytes", |m| m.wal_bytes);
    if side == Side::Dormouse {
        section.figure("delivery goes on after a round", "ms", rounds.drained_ms.clone());
    }
}

fn values(rounds: &Rounds, of: impl Fn(&Measured) -> f64) -> Vec<f64> {
    rounds.measured.iter().map(of).collect()
}

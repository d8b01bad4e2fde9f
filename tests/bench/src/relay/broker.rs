//! The broker, and the relay that publishes to it.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::Context;
use http::Method;
use kafka::{Settings, topics};
use rig::kafka::{Access, Kafka};
use runtime::Clock;
use storage::PgConnection;
use testing::own_address;
use tokio::{process::Command, time::sleep};

use crate::{
    cluster::BenchDatabase,
    create::until_delivered,
    http_load::Client,
    program::{self, Program, Says},
    sample,
};

/// How long a backlog may take.
const PATIENCE: Duration = Duration::from_secs(600);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// `relay-log`, as a process of its own.
pub(super) struct Relay {
    program: Program,
    metrics: SocketAddr,
    /// Its process.
    pub(super) pid: u32,
}

/// A broker with the topics of an installation.
pub(super) struct Broker {
    kafka: Kafka,
}

impl Broker {
    pub(super) async fn start() -> anyhow::Result<Self> {
        let kafka = tokio::task::spawn_blocking(|| Kafka::start(Access::Anybody)).await??;
        let broker = Self { kafka };
        topics::create_missing(&broker.settings()?).await?;
        Ok(broker)
    }

    pub(super) fn servers(&self) -> String {
        self.kafka.address().to_string()
    }

    /// What `relay-log` is told of it.
    pub(super) fn settings(&self) -> anyhow::Result<Settings> {
        let lookup = |name: &str| (name == "KAFKA_BOOTSTRAP_SERVERS").then(|| self.servers());
        Ok(Settings::read(lookup)?)
    }

    /// Its process.
    pub(super) fn pid(&self) -> u32 {
        self.kafka.pid().as_raw().cast_unsigned()
    }

    /// A program of this build that is told where the log and the broker are.
    pub(super) fn command(&self, name: &str, database: &BenchDatabase) -> anyhow::Result<Command> {
        let mut command = program::command(program::binary(name)?);
        command
            .env("DATABASE_URL", &database.url)
            .env("KAFKA_BOOTSTRAP_SERVERS", self.servers());
        Ok(command)
    }

    /// A relay that has published already.
    pub(super) async fn relay(&self, database: &BenchDatabase) -> anyhow::Result<Relay> {
        let metrics = own_address();
        let mut command = self.command("relay-log", database)?;
        command.env("METRICS_PORT", metrics.port().to_string());
        let program = Program::start(command, Says::Log).await?;
        let mut connection = database.connect().await?;
        warm(&mut connection).await?;
        Ok(Relay {
            pid: program.pid,
            program,
            metrics,
        })
    }
}

impl Relay {
    /// How many events Kafka has acknowledged to it.
    pub(super) async fn acknowledged(&self) -> anyhow::Result<u32> {
        // A connection that nobody used for a while is closed.
        let mut client = Client::connect(self.metrics).await?;
        let (_, text) = client.send(Method::GET, "/metrics", 0, "").await?;
        let text = String::from_utf8_lossy(&text);
        let mut lines = text.lines().filter_map(|line| line.split_once(' '));
        let (_, count) = lines
            .find(|(name, _)| *name == "events_published_total")
            .context("a relay says how many it has published")?;
        Ok(count.parse()?)
    }

    /// Waits until as many are. Positions are stored later, and not each by itself.
    pub(super) async fn until_acknowledged(&self, count: u32) -> anyhow::Result<()> {
        let began = Instant::now();
        while self.acknowledged().await? < count {
            anyhow::ensure!(
                began.elapsed() < PATIENCE,
                "{count} events were not acknowledged within {PATIENCE:?}"
            );
            sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    pub(super) async fn end(self) -> anyhow::Result<()> {
        self.program.end().await
    }
}

/// Has the relay publish an event.
pub(super) async fn warm(connection: &mut PgConnection) -> anyhow::Result<()> {
    sample::create(connection, &Clock::system(), sample::user(0), sample::new_task(None)?).await?;
    until_delivered(connection).await
}

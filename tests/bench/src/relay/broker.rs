//! The broker, and the relay that publishes to it.

use kafka::{Settings, topics};
use rig::kafka::{Access, Kafka};
use runtime::Clock;
use storage::PgConnection;
use tokio::process::Command;

use crate::{
    cluster::BenchDatabase,
    create::until_delivered,
    program::{self, Program, Says},
    sample,
};

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
    pub(super) async fn relay(&self, database: &BenchDatabase) -> anyhow::Result<Program> {
        let relay = Program::start(self.command("relay-log", database)?, Says::Log).await?;
        let mut connection = database.connect().await?;
        warm(&mut connection).await?;
        Ok(relay)
    }
}

/// Has the relay publish an event.
async fn warm(connection: &mut PgConnection) -> anyhow::Result<()> {
    sample::create(connection, &Clock::system(), sample::user(0), sample::new_task(None)?).await?;
    until_delivered(connection).await
}

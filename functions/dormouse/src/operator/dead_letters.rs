//! Dead letters: listing, showing and replaying them, wherever they are: in the table of in-process delivery, or in the
//! topics of functions that Kafka wakes.

mod newest;
mod post;
mod table;
mod topics;

use anyhow::Context;
use kafka::dead_letters::Place;
use runtime::Clock;
use storage::{Database, retries::DeliveryKey};

use self::newest::Newest;
use super::print;
use crate::cli::DeadLetters;

/// Where dead letters may be.
#[derive(Debug, Clone)]
pub struct Places {
    /// The database, where one is named or at hand.
    pub database: Option<Database>,
    /// Kafka, where it is named.
    pub kafka: Option<kafka::Settings>,
}

/// Where a dead letter is.
enum Id {
    Table(DeliveryKey),
    Topic(Place),
}

/// Does what `command` asks.
///
/// # Errors
/// There is no such dead letter, it is not taken, or what keeps it is away.
pub async fn run(command: DeadLetters, places: &Places) -> anyhow::Result<()> {
    let now = Clock::system().now();
    match command {
        DeadLetters::List { limit, filter } => {
            let mut newest = Newest::new(usize::try_from(limit)?);
            if let Some(database) = &places.database {
                table::list(database, &filter, limit, &mut newest).await?;
            }
            if let Some(kafka) = &places.kafka {
                topics::list(kafka, &filter, &mut newest).await?;
            }
            show_all(newest);
        }
        DeadLetters::Show { id } => match parse(&id)? {
            Id::Table(key) => table::show(places.database()?, &key).await?,
            Id::Topic(place) => topics::show(places.kafka()?, place).await?,
        },
        DeadLetters::Replay { id: Some(id), .. } => match parse(&id)? {
            Id::Table(key) => table::replay(places.database()?, &key, now).await?,
            Id::Topic(place) => topics::replay(places.kafka()?, place).await?,
        },
        DeadLetters::Replay { id: None, filter, .. } => {
            if let Some(database) = &places.database {
                table::replay_all(database, &filter, now).await?;
            }
            if let Some(kafka) = &places.kafka {
                topics::replay_all(kafka, &filter).await?;
            }
        }
    }
    Ok(())
}

impl Places {
    fn database(&self) -> anyhow::Result<&Database> {
        self.database.as_ref().context("it is in a database, and none is named")
    }

    fn kafka(&self) -> anyhow::Result<&kafka::Settings> {
        let kafka = self.kafka.as_ref();
        kafka.context("it is in Kafka, and KAFKA_BOOTSTRAP_SERVERS does not say where that is")
    }
}

fn show_all(newest: Newest) {
    let mut is_any = false;
    for line in newest.into_lines() {
        print(&line);
        is_any = true;
    }
    if !is_any {
        print("There are no such dead letters.");
    }
}

fn parse(id: &str) -> anyhow::Result<Id> {
    let of_topic = || id.parse().ok().map(Id::Topic);
    let id_of = table::parse(id).map(Id::Table).or_else(of_topic);
    id_of.with_context(|| format!("{id:?} is no id as `dormouse dead-letters list` prints it"))
}

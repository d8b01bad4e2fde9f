//! How soon an event is in its topic: by the relay, from the commit on; and by a bare producer.

use std::time::{Duration, Instant};

use events::Recorded;
use kafka::Publisher;
use rdkafka::producer::{FutureProducer, FutureRecord};
use runtime::Clock;
use storage::PgConnection;
use uuid::Uuid;

use super::{Broker, Side, Watcher};
use crate::{
    cluster::{BenchDatabase, Cluster, run},
    pace::Pace,
    plan::Plan,
    program::{Program, Says},
    report::Section,
    sample,
    statistics::percentile,
};

/// Between two events, on average.
const DISTANCE: Duration = Duration::from_millis(10);

/// What each round found, in ms.
#[derive(Debug, Default)]
struct Rounds {
    relayed: Vec<Vec<f64>>,
    bare: Vec<Vec<f64>>,
    /// Until the bare producer is told so.
    acknowledged: Vec<Vec<f64>>,
    from_zero: Vec<f64>,
    bare_from_zero: Vec<f64>,
}

pub(super) async fn measure(
    plan: &Plan,
    cluster: &Cluster,
    broker: &Broker,
    watcher: &Watcher,
    section: &mut Section,
) -> anyhow::Result<()> {
    let database = cluster.database("delay").await?;
    let count = plan.pick(2_000, 100);
    let mut rounds = Rounds::default();
    for round in 0..plan.rounds {
        for side in Side::in_turn(round) {
            match side {
                Side::Bare => {
                    let (bare, acknowledged, first) = sent(broker, watcher, count).await?;
                    rounds.bare.push(bare);
                    rounds.acknowledged.push(acknowledged);
                    rounds.bare_from_zero.push(first);
                }
                Side::Relay => {
                    rounds.from_zero.push(from_zero(broker, &database, watcher).await?);
                    rounds.relayed.push(relayed(broker, &database, watcher, count).await?);
                }
            }
        }
    }
    tell(section, &rounds);
    cluster.forget(database).await
}

fn tell(section: &mut Section, rounds: &Rounds) {
    let share = |all: &Vec<Vec<f64>>, share| -> Vec<f64> { all.iter().map(|took| percentile(took, share)).collect() };
    for (name, at, goal) in [("p50", 0.5, None), ("p99", 0.99, Some("≤ 50"))] {
        let [relayed, bare, acknowledged] =
            [&rounds.relayed, &rounds.bare, &rounds.acknowledged].map(|all| share(all, at));
        let ratios = |bare: &[f64]| relayed.iter().zip(bare).map(|(relayed, bare)| relayed / bare).collect();
        let (to_consumer, to_acknowledged) = (ratios(&bare), ratios(&acknowledged));
        section.figure_for(goal, format!("relay: commit → consumer, {name}"), "ms", relayed);
        section.figure(format!("bare: send → consumer, {name}"), "ms", bare);
        section.figure(format!("bare: send → acknowledged, {name}"), "ms", acknowledged);
        section.figure(format!("relay ÷ bare, both → consumer, {name}"), "×", to_consumer);
        section.figure(
            format!("commit → acknowledged ÷ send → acknowledged, at most, {name}"),
            "×",
            to_acknowledged,
        );
    }
    section.figure_for(
        Some("≤ 5000"),
        "relay, from zero: exec → consumer",
        "ms",
        rounds.from_zero.clone(),
    );
    section.figure(
        "bare, from zero: made → acknowledged",
        "ms",
        rounds.bare_from_zero.clone(),
    );
}

/// How long each of `count` events took by the relay.
async fn relayed(broker: &Broker, database: &BenchDatabase, watcher: &Watcher, count: u32) -> anyhow::Result<Vec<f64>> {
    let relay = broker.relay(database).await?;
    let mut connection = database.connect().await?;
    let mut committed = Vec::new();
    let mut pace = Pace::begin(DISTANCE);
    for _ in 0..count {
        pace.next().await;
        let event = create(&mut connection).await?;
        committed.push((event, Instant::now()));
    }
    let took = took(watcher, &committed).await?;
    relay.end().await?;
    Ok(took)
}

/// How long an event that waits takes by a relay that does not run yet.
async fn from_zero(broker: &Broker, database: &BenchDatabase, watcher: &Watcher) -> anyhow::Result<f64> {
    let mut connection = database.connect().await?;
    let event = create(&mut connection).await?;
    // The last relay was killed, and would be waited for.
    run(&mut connection, "DELETE FROM leases".to_owned()).await?;
    let began = Instant::now();
    let relay = Program::start(broker.command("relay-log", database)?, Says::Log).await?;
    let took = took(watcher, &[(event, began)]).await?;
    relay.end().await?;
    Ok(took[0])
}

pub(super) async fn create(connection: &mut PgConnection) -> anyhow::Result<Uuid> {
    let user = sample::user(sample::any_user());
    sample::create_known(connection, &Clock::system(), user, sample::new_task(None)?).await
}

/// How long each of `count` messages took by a bare producer until a consumer had it and until it was acknowledged; and
/// its first.
async fn sent(broker: &Broker, watcher: &Watcher, count: u32) -> anyhow::Result<(Vec<f64>, Vec<f64>, f64)> {
    let made = Instant::now();
    let producer: FutureProducer = Publisher::client(&broker.settings()?).create()?;
    send(&producer).await?;
    let first = ms(made.elapsed());
    let (mut sent, mut acknowledged) = (Vec::new(), Vec::new());
    let mut pace = Pace::begin(DISTANCE);
    for _ in 0..count {
        pace.next().await;
        let (event, began) = send(&producer).await?;
        acknowledged.push(ms(began.elapsed()));
        sent.push((event, began));
    }
    Ok((took(watcher, &sent).await?, acknowledged, first))
}

/// Sends an event and waits for its acknowledgement; answers its id and when it was sent.
async fn send(producer: &FutureProducer) -> anyhow::Result<(Uuid, Instant)> {
    let user = sample::user(sample::any_user());
    let (_, event) = sample::decide(&Clock::system(), user, sample::new_task(None)?)?;
    let recorded = Recorded { seq: 1, event };
    let (event, key) = (&recorded.event, user.to_string());
    let record = FutureRecord::to(event.kind.as_str())
        .key(&key)
        .payload(&event.data)
        .headers(kafka::headers(&recorded, Uuid::nil()));
    let began = Instant::now();
    producer
        .send_result(record)
        .map_err(|(error, _)| error)?
        .await?
        .map_err(|(error, _)| error)?;
    Ok((event.id, began))
}

/// How long each took until the consumer had it, in ms.
pub(super) async fn took(watcher: &Watcher, begun: &[(Uuid, Instant)]) -> anyhow::Result<Vec<f64>> {
    let mut took = Vec::new();
    for (event, began) in begun {
        // The consumer may have it before its writer was told of the commit.
        took.push(ms(watcher.moment_of(*event).await?.saturating_duration_since(*began)));
    }
    Ok(took)
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

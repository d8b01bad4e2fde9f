//! How many events a second the relay publishes of a backlog, against a bare producer.

use std::time::{Duration, Instant};

use anyhow::Context;

use super::{Broker, Side, backlog::Backlog};
use crate::{
    cluster::{BenchDatabase, Cluster},
    create::until_delivered,
    plan::Plan,
    procfs,
    report::Section,
    sample::USERS,
};

/// What a relay's turn came to: events a second, and the processor time of one event in µs.
#[derive(Debug, Clone, Copy)]
struct Relayed {
    per_second: f64,
    relay: f64,
    postgres: f64,
    broker: f64,
}

pub(super) async fn measure(
    plan: &Plan,
    cluster: &Cluster,
    broker: &Broker,
    section: &mut Section,
) -> anyhow::Result<()> {
    let database = cluster.database("throughput").await?;
    let (mut relayed, mut bare) = (Vec::new(), Vec::new());
    // The first turn has the broker compile what it runs, and counts for nothing.
    for round in 0..=plan.rounds {
        let first = USERS * (round + 1);
        let backlog = Backlog::write(&database, first..first + USERS, plan.pick(100, 20)).await?;
        for side in Side::in_turn(round) {
            match side {
                Side::Bare => bare.push(send(broker, &database, &backlog).await?),
                Side::Relay => relayed.push(relay(cluster, broker, &database, &backlog).await?),
            }
        }
    }
    let (relayed, bare) = (&relayed[1..], &bare[1..]);
    let of = |of: fn(&Relayed) -> f64| relayed.iter().map(of).collect::<Vec<_>>();
    let rates = of(|relayed| relayed.per_second);
    let ratios = rates.iter().zip(bare).map(|(relayed, bare)| relayed / bare).collect();
    section.figure("backlog: relay", "events/s", rates);
    section.figure("backlog: bare producer", "events/s", bare.to_vec());
    section.figure_for(Some("≥ 0.5"), "relay ÷ bare", "×", ratios);
    section.figure("CPU: relay", "µs/event", of(|relayed| relayed.relay));
    section.figure("CPU: PostgreSQL", "µs/event", of(|relayed| relayed.postgres));
    section.figure("CPU: broker", "µs/event", of(|relayed| relayed.broker));
    cluster.forget(database).await
}

/// How many of its events a second a bare producer sends.
async fn send(broker: &Broker, database: &BenchDatabase, backlog: &Backlog) -> anyhow::Result<f64> {
    let mut command = broker.command("bare-producer", database)?;
    let output = command.args(backlog.ends()).output().await?;
    let said = String::from_utf8_lossy(&output.stdout);
    let seconds: f64 = said.trim().parse().with_context(|| {
        let error = String::from_utf8_lossy(&output.stderr);
        format!("the bare producer said {said:?} {error}")
    })?;
    Ok(f64::from(backlog.len()) / seconds)
}

async fn relay(
    cluster: &Cluster,
    broker: &Broker,
    database: &BenchDatabase,
    backlog: &Backlog,
) -> anyhow::Result<Relayed> {
    let relay = broker.relay(database).await?;
    let all = relay.acknowledged().await? + backlog.len();
    let mut connection = database.connect().await?;
    let pid = relay.pid;
    let spent = || {
        [
            procfs::cpu_of_process(pid),
            procfs::cpu_of_children(cluster.pid()),
            procfs::cpu_of_process(broker.pid()),
        ]
    };
    let before = spent();
    let began = Instant::now();
    backlog.mark(&mut connection).await?;
    relay.until_acknowledged(all).await?;
    let took = began.elapsed();
    let after = spent();
    // Or the next one would publish again what this has not noted.
    until_delivered(&mut connection).await?;
    relay.end().await?;
    let count = f64::from(backlog.len());
    let each = |from: Duration, to: Duration| to.saturating_sub(from).as_secs_f64() * 1e6 / count;
    let [relay, postgres, broker] = [0, 1, 2].map(|of| each(before[of], after[of]));
    Ok(Relayed {
        per_second: count / took.as_secs_f64(),
        relay,
        postgres,
        broker,
    })
}

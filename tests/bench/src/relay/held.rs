//! The relay beside a transaction that is held open, whose snapshot keeps all that it leaves behind from being removed.

use std::time::Instant;

use sqlx::{Connection as _, PgConnection};

use super::{
    Broker,
    backlog::{Backlog, unlimited},
    broker::Relay,
};
use crate::{cluster::Cluster, plan::Plan, report::Section, sample::USERS};

/// Whether a transaction is held open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Alone,
    Beside,
}

/// What one side came to: events a second of a backlog.
#[derive(Debug, Clone, Copy)]
struct Rates {
    /// Of one that is committed after the transaction was begun.
    first: f64,
    /// Of one after waves, each of which has left versions of every head and mark behind.
    after_waves: f64,
}

pub(super) async fn measure(
    plan: &Plan,
    cluster: &Cluster,
    broker: &Broker,
    section: &mut Section,
) -> anyhow::Result<()> {
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for round in 0..plan.rounds {
        let mut sides = [Side::Alone, Side::Beside];
        sides.rotate_left(round as usize % 2);
        for side in sides {
            let rates = side_of(plan, cluster, broker, side).await?;
            match side {
                Side::Alone => alone.push(rates),
                Side::Beside => beside.push(rates),
            }
        }
    }
    let mut figures = |name: &str, of: fn(&Rates) -> f64| {
        let (alone, beside): (Vec<_>, Vec<_>) = (alone.iter().map(of).collect(), beside.iter().map(of).collect());
        let ratios = beside.iter().zip(&alone).map(|(beside, alone)| beside / alone);
        let ratios = ratios.collect();
        section.figure(format!("{name}: not held"), "events/s", alone);
        section.figure(format!("{name}: held"), "events/s", beside);
        section.figure_for(Some("≥ 0.98"), format!("{name}: held ÷ not"), "×", ratios);
    };
    figures("transaction and backlog", |rates| rates.first);
    figures("transaction, waves and backlog", |rates| rates.after_waves);
    Ok(())
}

async fn side_of(plan: &Plan, cluster: &Cluster, broker: &Broker, side: Side) -> anyhow::Result<Rates> {
    let database = cluster.database("held").await?;
    let mut backlog = Backlog::write(&database, USERS..2 * USERS, plan.pick(100, 1)).await?;
    let relay = broker.relay(&database).await?;
    let mut connection = unlimited(&database).await?;
    // Whatever has just begun is slower.
    let warmed = relay.acknowledged().await? + backlog.len();
    backlog.mark(&mut connection).await?;
    relay.until_acknowledged(warmed).await?;
    let mut holder = database.connect().await?;
    if side == Side::Beside {
        sqlx::raw_sql(
            "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL idle_in_transaction_session_timeout = 0;
             SELECT count(*) FROM log_heads",
        )
        .execute(&mut holder)
        .await?;
    }
    let many = plan.pick(200, 20);
    let first = commit(&mut connection, &mut backlog, &relay, many).await?;
    for _ in 0..plan.pick(70, 5) {
        commit(&mut connection, &mut backlog, &relay, 1).await?;
    }
    let after_waves = commit(&mut connection, &mut backlog, &relay, many).await?;
    if side == Side::Beside {
        // It was not ended meanwhile by whoever ends idle ones.
        sqlx::raw_sql("COMMIT").execute(&mut holder).await?;
    }
    holder.close().await?;
    relay.end().await?;
    cluster.forget(database).await?;
    Ok(Rates { first, after_waves })
}

/// Commits so many more of each user, and answers how many of them a second Kafka acknowledged.
async fn commit(
    connection: &mut PgConnection,
    backlog: &mut Backlog,
    relay: &Relay,
    per_user: u32,
) -> anyhow::Result<f64> {
    let all = relay.acknowledged().await? + per_user * USERS;
    backlog.commit_more(connection, per_user).await?;
    let committed = Instant::now();
    relay.until_acknowledged(all).await?;
    Ok(f64::from(per_user * USERS) / committed.elapsed().as_secs_f64())
}

//! The relay beside a transaction that is held open, whose snapshot keeps all that it leaves behind from being removed.

use std::time::Instant;

use sqlx::Connection as _;

use super::{Broker, Watcher, backlog::Backlog};
use crate::{cluster::Cluster, plan::Plan, report::Section, sample::USERS};

/// Whether a transaction is held open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Alone,
    Beside,
}

pub(super) async fn measure(
    plan: &Plan,
    cluster: &Cluster,
    broker: &Broker,
    watcher: &Watcher,
    section: &mut Section,
) -> anyhow::Result<()> {
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for round in 0..plan.rounds {
        let mut sides = [Side::Alone, Side::Beside];
        sides.rotate_left(round as usize % 2);
        for side in sides {
            let rate = side_of(plan, cluster, broker, watcher, side).await?;
            match side {
                Side::Alone => alone.push(rate),
                Side::Beside => beside.push(rate),
            }
        }
    }
    let ratios = beside
        .iter()
        .zip(&alone)
        .map(|(beside, alone)| beside / alone)
        .collect();
    section.figure("after waves: backlog", "events/s", alone);
    section.figure("after waves beside a held transaction: backlog", "events/s", beside);
    section.figure_for(Some("≥ 0.98"), "held ÷ not", "×", ratios);
    Ok(())
}

/// How many events a second one side publishes.
async fn side_of(
    plan: &Plan,
    cluster: &Cluster,
    broker: &Broker,
    watcher: &Watcher,
    side: Side,
) -> anyhow::Result<f64> {
    let database = cluster.database("held").await?;
    let (waves, rest) = (plan.pick(70, 5), plan.pick(50, 10));
    let backlog = Backlog::write(&database, USERS..2 * USERS, waves + rest).await?;
    let relay = broker.relay(&database).await?;
    let mut holder = database.connect().await?;
    if side == Side::Beside {
        sqlx::raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM log_heads")
            .execute(&mut holder)
            .await?;
    }
    let mut connection = database.connect().await?;
    let before = watcher.count();
    for wave in 1..=waves {
        backlog.mark_upto(&mut connection, wave).await?;
        watcher.until(before + (wave * USERS) as usize).await?;
    }
    backlog.mark_upto(&mut connection, waves + rest).await?;
    let marked = Instant::now();
    watcher.until(before + backlog.len() as usize).await?;
    let rate = f64::from(rest * USERS) / marked.elapsed().as_secs_f64();
    if side == Side::Beside {
        // It was not ended meanwhile by whoever ends idle ones.
        sqlx::raw_sql("COMMIT").execute(&mut holder).await?;
    }
    holder.close().await?;
    relay.end().await?;
    cluster.forget(database).await?;
    Ok(rate)
}

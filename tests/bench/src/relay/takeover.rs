//! How soon an event is in its topic that was committed when the relay that publishes is killed.

use std::time::Instant;

use super::{
    Broker, Watcher,
    broker::warm,
    delay::{create, took},
};
use crate::{
    cluster::Cluster,
    plan::Plan,
    program::{Program, Says},
    report::Section,
};

pub(super) async fn measure(
    plan: &Plan,
    cluster: &Cluster,
    broker: &Broker,
    watcher: &Watcher,
    section: &mut Section,
) -> anyhow::Result<()> {
    let database = cluster.database("takeover").await?;
    let mut connection = database.connect().await?;
    let standing_by = async || Program::start(broker.command("relay-log", &database)?, Says::Log).await;
    let mut publishing = standing_by().await?;
    warm(&mut connection).await?;
    let mut waited = Vec::new();
    for _ in 0..plan.rounds * 3 {
        std::mem::replace(&mut publishing, standing_by().await?).end().await?;
        let killed = Instant::now();
        let event = create(&mut connection).await?;
        waited.extend(took(watcher, &[(event, killed)]).await?);
    }
    publishing.end().await?;
    section.figure_for(Some("≤ 5000"), "takeover: kill −9 → consumer", "ms", waited);
    cluster.forget(database).await
}

//! A long backlog: what an outage of Kafka leaves behind, and what the relay takes of memory for it.

use std::time::Instant;

use super::{Broker, backlog::Backlog};
use crate::{cluster::Cluster, plan::Plan, procfs, report::Section, sample::USERS};

const PER_USER: u32 = 100;

pub(super) async fn measure(
    plan: &Plan,
    cluster: &Cluster,
    broker: &Broker,
    section: &mut Section,
) -> anyhow::Result<()> {
    let database = cluster.database("drain").await?;
    let users = plan.pick(10_000, 500);
    let backlog = Backlog::write(&database, USERS..USERS + users, PER_USER).await?;
    let relay = broker.relay(&database).await?;
    let before = relay.acknowledged().await?;
    let mut connection = database.connect().await?;
    let idle = procfs::peak_memory_of(relay.pid)?;
    let began = Instant::now();
    backlog.mark(&mut connection).await?;
    relay.until_acknowledged(before + backlog.len() / 10).await?;
    let early = procfs::peak_memory_of(relay.pid)?;
    relay.until_acknowledged(before + backlog.len()).await?;
    let rate = f64::from(backlog.len()) / began.elapsed().as_secs_f64();
    let peak = procfs::peak_memory_of(relay.pid)?;
    relay.end().await?;
    let mib = |kib: f64| vec![kib / 1024.0];
    let name = format!("{} events", backlog.len());
    section.figure(name.clone(), "events/s", vec![rate]);
    section.figure(format!("{name}: VmHWM before"), "MiB", mib(idle));
    section.figure(format!("{name}: VmHWM after a tenth"), "MiB", mib(early));
    section.figure_for(Some("≤ 64"), format!("{name}: VmHWM after all"), "MiB", mib(peak));
    cluster.forget(database).await
}

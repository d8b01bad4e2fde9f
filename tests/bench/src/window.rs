//! A measured stretch of a load that runs before and after it too.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::PgConnection;
use tokio::task::JoinHandle;

use crate::{cluster::Cluster, plan::Plan, procfs, statistics::percentile};

/// The most operations of one client in one round, whatever happens.
const MOST: usize = 1_000_000;

/// One finished operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Done {
    at: Instant,
    took: Duration,
}

/// Tells clients when to end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

/// Notes a client's operations until it is to end.
#[derive(Debug)]
pub(crate) struct Recorder {
    stop: Stop,
    done: Vec<Done>,
}

/// A load's clients, until they were told to end.
pub(crate) type Load = JoinHandle<anyhow::Result<Vec<Done>>>;

/// What a stretch came to. Times are processor time for one operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) postgres_us: f64,
    pub(crate) server_us: f64,
    pub(crate) client_us: f64,
    pub(crate) wal_bytes: f64,
}

/// Where everything stands at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Snapshot {
    at: Instant,
    postgres: Duration,
    servers: Duration,
    client: Duration,
    wal: i64,
}

impl Measured {
    /// The processor time of one operation, everybody's: what decides where cores are what lacks.
    pub(crate) fn cpu_us(&self) -> f64 {
        self.postgres_us + self.server_us + self.client_us
    }
}

impl Stop {
    /// Something to note a client's operations with.
    pub(crate) fn recorder(&self) -> Recorder {
        Recorder {
            stop: self.clone(),
            done: Vec::new(),
        }
    }
}

impl Recorder {
    /// Whether the client is to go on.
    pub(crate) fn goes_on(&self) -> bool {
        !self.stop.0.load(Ordering::Relaxed) && self.done.len() < MOST
    }

    /// Does `operation` and notes how long it took.
    pub(crate) async fn time(&mut self, operation: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
        let began = Instant::now();
        operation.await?;
        let at = Instant::now();
        self.done.push(Done { at, took: at - began });
        Ok(())
    }

    /// What was noted.
    pub(crate) fn done(self) -> Vec<Done> {
        self.done
    }
}

impl Snapshot {
    /// Looks at `cluster`, through a connection to it, at the processes `servers` and at this one.
    pub(crate) async fn take(
        cluster: &Cluster,
        connection: &mut PgConnection,
        servers: &[u32],
    ) -> anyhow::Result<Self> {
        let wal = sqlx::query_scalar("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")
            .fetch_one(connection)
            .await?;
        let own = std::process::id();
        Ok(Self {
            at: Instant::now(),
            postgres: procfs::cpu_of_children(cluster.pid()),
            servers: servers.iter().copied().map(procfs::cpu_of_process).sum(),
            // pgbench is one that has ended.
            client: procfs::cpu_of_process(own) + procfs::cpu_of_ended_children(own),
            wal,
        })
    }

    /// What was spent on each of `count` operations until `later`, of which `per_second` were done, each in one of
    /// `took_ms`.
    pub(crate) fn until(&self, later: &Self, count: f64, per_second: f64, took_ms: &[f64]) -> Measured {
        let each = |from: Duration, to: Duration| to.saturating_sub(from).as_secs_f64() * 1e6 / count;
        Measured {
            per_second,
            p50_ms: percentile(took_ms, 0.50),
            p99_ms: percentile(took_ms, 0.99),
            postgres_us: each(self.postgres, later.postgres),
            server_us: each(self.servers, later.servers),
            client_us: each(self.client, later.client),
            wal_bytes: (later.wal - self.wal) as f64 / count,
        }
    }
}

/// Runs the clients that `start` starts, and measures them once they have warmed up.
pub(crate) async fn measure(
    plan: &Plan,
    cluster: &Cluster,
    servers: &[u32],
    start: impl FnOnce(Stop) -> Load,
) -> anyhow::Result<Measured> {
    let mut connection = cluster.connect().await?;
    let stop = Stop::default();
    let load = start(stop.clone());
    tokio::time::sleep(plan.warm_up()).await;
    let before = Snapshot::take(cluster, &mut connection, servers).await?;
    tokio::time::sleep(plan.length()).await;
    let after = Snapshot::take(cluster, &mut connection, servers).await?;
    stop.0.store(true, Ordering::Relaxed);
    let took_ms: Vec<_> = load
        .await??
        .iter()
        .filter(|done| (before.at..after.at).contains(&done.at))
        .map(|done| done.took.as_secs_f64() * 1e3)
        .collect();
    anyhow::ensure!(!took_ms.is_empty(), "nothing was done in {:?}", plan.length());
    let count = took_ms.len() as f64;
    let per_second = count / (after.at - before.at).as_secs_f64();
    Ok(before.until(&after, count, per_second, &took_ms))
}

//! What the gateway adds to a request, at a rate that it is to bear without haste: the same request to a bare responder,
//! straight and through the gateway, in turns.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use http::{HeaderValue, Method};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval_at},
};

use crate::{
    http_load::Client,
    issuer::Issuer,
    plan::Plan,
    procfs,
    program::{self, Program, Says},
    report::Section,
    statistics::percentile,
};

const HOW: &[&str] = &[
    "500 GET a second over 10 connections that are kept open, evenly spread; each answer is 2 bytes.",
    "The gateway knows the request's token (EdDSA, verified once), counts it twice in process, and writes a log line for it.",
];
const CONNECTIONS: u32 = 10;
/// Of one connection: 50 a second.
const PERIOD: Duration = Duration::from_millis(20);
const PATH: &str = "/v1/tasks/0193a0a0-0000-7000-8000-000000000000";

/// How long requests took, in ms.
#[derive(Debug, Clone, Copy)]
struct Took {
    p50: f64,
    p99: f64,
}

pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Section> {
    let issuer = Issuer::new()?;
    let authorizations = issuer.authorizations(1)?;
    let responder = Program::start(program::command(program::binary("bare-responder")?), Says::Log).await?;
    let began = Instant::now();
    let gateway = start(&issuer, responder.address).await?;
    let listening = began.elapsed().as_secs_f64() * 1e3;
    let (mut straight, mut through) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        straight.push(side(plan, responder.address, &authorizations).await?);
        through.push(side(plan, gateway.address, &authorizations).await?);
    }
    let mut section = Section::without_postgres("gateway", HOW);
    tell(&mut section, &straight, &through);
    section.figure("gateway: exec → listening", "ms", vec![listening]);
    let resident = procfs::memory_of(gateway.pid)?.resident / 1024.0;
    section.figure("gateway: RSS after that", "MiB", vec![resident]);
    gateway.end().await?;
    responder.end().await?;
    Ok(section)
}

fn tell(section: &mut Section, straight: &[Took], through: &[Took]) {
    for (name, all) in [("straight", straight), ("through the gateway", through)] {
        section.figure(format!("{name}: p50"), "ms", all.iter().map(|took| took.p50).collect());
        section.figure(format!("{name}: p99"), "ms", all.iter().map(|took| took.p99).collect());
    }
    let added = |of: fn(&Took) -> f64| {
        let pairs = straight.iter().zip(through);
        pairs.map(|(straight, through)| of(through) - of(straight)).collect()
    };
    section.figure_for(Some("≤ 0.3"), "added: p50", "ms", added(|took| took.p50));
    section.figure_for(Some("≤ 1"), "added: p99", "ms", added(|took| took.p99));
}

/// A gateway that believes `issuer`, in front of what is at `functions`.
pub(crate) async fn start(issuer: &Issuer, functions: SocketAddr) -> anyhow::Result<Program> {
    let mut command = program::command(program::binary("gateway")?);
    command
        .env("FUNCTIONS_URL", format!("http://{functions}"))
        .env("RATE_LIMIT_PER_MINUTE", "1000000");
    issuer.be_believed_by(&mut command);
    Program::start(command, Says::Log).await
}

/// One side in one round, on a thread of its own.
async fn side(plan: &Plan, address: SocketAddr, authorizations: &Arc<[HeaderValue]>) -> anyhow::Result<Took> {
    let (warm_up, length, authorizations) = (plan.warm_up(), plan.length(), Arc::clone(authorizations));
    let load = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(load(address, &authorizations, warm_up, length))
    };
    let took = tokio::task::spawn_blocking(load)
        .await
        .context("the clients panicked")??;
    Ok(Took {
        p50: percentile(&took, 0.5),
        p99: percentile(&took, 0.99),
    })
}

async fn load(
    address: SocketAddr,
    authorizations: &Arc<[HeaderValue]>,
    warm_up: Duration,
    length: Duration,
) -> anyhow::Result<Vec<f64>> {
    let (begins, mut clients) = (tokio::time::Instant::now(), JoinSet::new());
    for number in 0..CONNECTIONS {
        let client = Client::connect(address).await?.authorized(Arc::clone(authorizations));
        let first = begins + PERIOD / CONNECTIONS * number;
        clients.spawn(ask(client, first, begins + warm_up, begins + warm_up + length));
    }
    let mut took = Vec::new();
    while let Some(client) = clients.join_next().await {
        took.extend(client??);
    }
    Ok(took)
}

/// How long each request took that one client sent between two moments.
async fn ask(
    mut client: Client,
    first: tokio::time::Instant,
    from: tokio::time::Instant,
    until: tokio::time::Instant,
) -> anyhow::Result<Vec<f64>> {
    let mut ticks = interval_at(first, PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut took = Vec::new();
    while ticks.tick().await < until {
        let began = tokio::time::Instant::now();
        let (status, _) = client.send(Method::GET, PATH, 0, "").await?;
        anyhow::ensure!(status.is_success(), "a request was answered {status}");
        if began >= from {
            took.push(began.elapsed().as_secs_f64() * 1e3);
        }
    }
    Ok(took)
}

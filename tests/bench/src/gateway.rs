//! What the gateway adds to a request, at a rate that it is to bear without haste: the same request to a bare responder,
//! straight and through the gateway, in turns.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::Context;
use http::Method;
use runtime::Clock;
use tempfile::TempDir;
use tokens::{DevelopmentKey, Grant};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval_at},
};

use crate::{
    http_load::Client,
    plan::Plan,
    procfs,
    program::{self, Program, Says},
    report::Section,
    statistics::percentile,
};

const HOW: &[&str] = &[
    "500 GET a second over 10 connections that are kept open, evenly spread; each answer is 2 bytes.",
    "The gateway verifies the request's token (EdDSA), counts it twice in process, and writes a line of its log for it.",
];
const ISSUER: &str = "bench";
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
    let folder = tempfile::tempdir()?;
    let (token, gateway_for) = issuer(&folder)?;
    let responder = Program::start(program::command(program::binary("bare-responder")?), Says::Log).await?;
    let began = Instant::now();
    let gateway = Program::start(gateway_for(responder.address)?, Says::Log).await?;
    let listening = began.elapsed().as_secs_f64() * 1e3;
    let (mut straight, mut through) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        straight.push(side(plan, responder.address, &token).await?);
        through.push(side(plan, gateway.address, &token).await?);
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

/// A token, and a gateway that believes it, in front of one address.
fn issuer(
    folder: &TempDir,
) -> anyhow::Result<(String, impl Fn(SocketAddr) -> anyhow::Result<tokio::process::Command>)> {
    let key = DevelopmentKey::generate().map_err(|error| anyhow::anyhow!("{error}"))?;
    let keys = folder.path().join("jwks.json");
    std::fs::write(&keys, key.to_key_set_json())?;
    let now = Clock::system().now();
    let token = key.token(&Grant {
        issuer: ISSUER,
        audience: ISSUER,
        subject: ISSUER,
        issued_at: now,
        expires_at: now + chrono::TimeDelta::days(1),
    });
    let gateway_for = move |functions: SocketAddr| {
        let mut command = program::command(program::binary("gateway")?);
        command
            .env("FUNCTIONS_URL", format!("http://{functions}"))
            .env("RATE_LIMIT_PER_MINUTE", "1000000")
            .env("AUTH_JWKS_FILE", &keys)
            .envs([("AUTH_ISSUER", ISSUER), ("AUTH_AUDIENCE", ISSUER)]);
        Ok(command)
    };
    Ok((token, gateway_for))
}

/// One side in one round, on a thread of its own.
async fn side(plan: &Plan, address: SocketAddr, token: &str) -> anyhow::Result<Took> {
    let (warm_up, length, token) = (plan.warm_up(), plan.length(), token.to_owned());
    let load = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(load(address, &token, warm_up, length))
    };
    let took = tokio::task::spawn_blocking(load)
        .await
        .context("the clients panicked")??;
    Ok(Took {
        p50: percentile(&took, 0.5),
        p99: percentile(&took, 0.99),
    })
}

async fn load(address: SocketAddr, token: &str, warm_up: Duration, length: Duration) -> anyhow::Result<Vec<f64>> {
    let (begins, mut clients) = (tokio::time::Instant::now(), JoinSet::new());
    for number in 0..CONNECTIONS {
        let client = Client::connect(address).await?.bearing(token)?;
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

//! Streams of changes: what one costs while nothing happens, and how soon a commit reaches its client.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Context;
use http::HeaderValue;
use runtime::Clock;
use storage::{Database, Pooler};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::{
    cluster::{BenchDatabase, Cluster},
    issuer::Issuer,
    plan::Plan,
    procfs,
    program::{self, Program, Says},
    report::Section,
    sample,
    statistics::percentile,
};

const HOW: &[&str] = &[
    "stream-changes as it is deployed, which learns of commits by asking; 1,000 users with a token and a stream each, over TCP.",
    "Idle: growth of VmRSS from no stream to all, and processor time, of 10 s without a write. Delivery: from a commit's",
    "acknowledgement to its writer until the event has reached the client, 100 creates a second, all in this one program.",
];
/// As many as have a stream.
const STREAMS: u32 = 1_000;
/// Between two creates.
const PAUSE: Duration = Duration::from_millis(10);
/// How long the last event may take before it counts as missing.
const PATIENCE: Duration = Duration::from_secs(10);

/// When each user's creates were acknowledged, or reached its client, in order.
type Times = Arc<Vec<Mutex<Vec<Instant>>>>;

/// What one round found.
struct Round {
    kib_per_stream: f64,
    idle_ms_per_second: f64,
    delays_ms: Vec<f64>,
}

pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Section> {
    let cluster = Cluster::start(&[]).await?;
    let mut section = Section::new("streams", cluster.version(), HOW);
    let mut rounds = Vec::new();
    for _ in 0..plan.pick(plan.rounds.div_ceil(2), 1) {
        let database = cluster.database("streams").await?;
        rounds.push(round(plan, &database).await?);
        cluster.forget(database).await?;
    }
    let each = |of: fn(&Round) -> f64| rounds.iter().map(of).collect::<Vec<_>>();
    section.figure_for(
        Some("≤ 20"),
        "memory per stream",
        "KiB",
        each(|round| round.kib_per_stream),
    );
    section.figure(
        "1,000 idle streams, CPU",
        "ms/s",
        each(|round| round.idle_ms_per_second),
    );
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let values = rounds.iter().map(|round| percentile(&round.delays_ms, share)).collect();
        section.figure(format!("commit → client, {name}"), "ms", values);
    }
    cluster.stop().await?;
    Ok(section)
}

async fn round(plan: &Plan, database: &BenchDatabase) -> anyhow::Result<Round> {
    let issuer = Issuer::new()?;
    let mut command = program::command(program::binary("stream-changes")?);
    command.env("DATABASE_URL", &database.url);
    issuer.be_believed_by(&mut command);
    let server = Program::start(command, Says::Log).await?;
    let authorizations = issuer.authorizations(STREAMS)?;
    let begin = async |user: u32| Stream::begin(server.address, user, &authorizations[user as usize]).await;
    // What the first stream brings about is not every stream's.
    drop(begin(0).await?);
    let before = procfs::memory_of(server.pid)?.resident;
    let mut streams = Vec::new();
    for user in 0..STREAMS {
        streams.push(begin(user).await?);
    }
    let (length, began) = (
        plan.pick(Duration::from_secs(10), Duration::from_secs(2)),
        Instant::now(),
    );
    let cpu = procfs::cpu_of(server.pid);
    tokio::time::sleep(length).await;
    let idle = (procfs::cpu_of(server.pid) - cpu).as_secs_f64() * 1_000.0 / began.elapsed().as_secs_f64();
    let after = procfs::memory_of(server.pid)?.resident;
    let delays_ms = deliver(database, streams, plan.pick(2_000, 200)).await?;
    server.end().await?;
    Ok(Round {
        kib_per_stream: (after - before) / f64::from(STREAMS),
        idle_ms_per_second: idle,
        delays_ms,
    })
}

/// Creates tasks of any users, and answers how long each took to reach its user's stream, in ms.
async fn deliver(database: &BenchDatabase, streams: Vec<Stream>, creates: u32) -> anyhow::Result<Vec<f64>> {
    let (written, received) = (times(), times());
    let mut readers = JoinSet::new();
    for stream in streams {
        readers.spawn(stream.read(Arc::clone(&received)));
    }
    let (clock, pool) = (
        Clock::system(),
        Database::lazy(database.options.clone(), 1, Pooler::None),
    );
    let mut session = pool.session().await?;
    let mut next = Instant::now();
    for _ in 0..creates {
        let user = sample::any_user() % STREAMS;
        sample::create(&mut session, &clock, Issuer::user(user), sample::new_task(None)?).await?;
        note(&written, user);
        next += PAUSE;
        tokio::time::sleep_until(next.into()).await;
    }
    session.finish().await?;
    pool.close().await;
    let until = Instant::now() + PATIENCE;
    while count(&received) < creates as usize {
        anyhow::ensure!(
            Instant::now() < until,
            "of {creates} events only {} came",
            count(&received)
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    readers.shutdown().await;
    Ok(delays(&written, &received))
}

fn times() -> Times {
    Arc::new((0..STREAMS).map(|_| Mutex::default()).collect())
}

fn note(times: &Times, user: u32) {
    let mut of_user = times[user as usize].lock().unwrap_or_else(PoisonError::into_inner);
    of_user.push(Instant::now());
}

fn count(times: &Times) -> usize {
    let of_user = |times: &Mutex<Vec<_>>| times.lock().map_or(0, |times| times.len());
    times.iter().map(of_user).sum()
}

fn delays(written: &Times, received: &Times) -> Vec<f64> {
    let mut delays = Vec::new();
    for (written, received) in written.iter().zip(received.iter()) {
        let written = written.lock().unwrap_or_else(PoisonError::into_inner);
        let received = received.lock().unwrap_or_else(PoisonError::into_inner);
        // The stream may have had it before its writer was told.
        let delay = |(written, received): (&Instant, &Instant)| received.saturating_duration_since(*written);
        delays.extend(written.iter().zip(received.iter()).map(delay));
    }
    delays
        .iter()
        .map(|delay: &Duration| delay.as_secs_f64() * 1_000.0)
        .collect()
}

/// A client's side of one stream.
struct Stream {
    socket: TcpStream,
    user: u32,
}

impl Stream {
    /// Begins it, and waits until it has.
    async fn begin(address: SocketAddr, user: u32, authorization: &HeaderValue) -> anyhow::Result<Self> {
        let mut socket = TcpStream::connect(address).await?;
        let request = format!(
            "GET /v1/changes?since=latest HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\
             Authorization: {}\r\n\r\n",
            authorization.to_str()?
        );
        socket.write_all(request.as_bytes()).await?;
        let (mut buffer, mut text) = ([0; 1024], String::new());
        while !text.contains("\nid: ") {
            let read = socket.read(&mut buffer).await?;
            anyhow::ensure!(read > 0, "the stream ended: {text}");
            text.push_str(std::str::from_utf8(&buffer[..read]).context("the stream is no text")?);
            anyhow::ensure!(text.starts_with("HTTP/1.1 200 "), "the stream was refused: {text}");
        }
        Ok(Self { socket, user })
    }

    /// Notes when each event has begun to arrive.
    async fn read(mut self, received: Times) {
        const EVENT: &[u8] = b"\nevent: ";
        let (mut buffer, mut seen) = (vec![0; 4096], Vec::new());
        while let Ok(read @ 1..) = self.socket.read(&mut buffer).await {
            seen.extend_from_slice(&buffer[..read]);
            while let Some(at) = seen.windows(EVENT.len()).position(|window| window == EVENT) {
                note(&received, self.user);
                seen.drain(..at + EVENT.len());
            }
            seen.drain(..seen.len().saturating_sub(EVENT.len()));
        }
    }
}

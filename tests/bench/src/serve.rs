//! The server that creates are sent to: Dormouse as it is, but telling users apart by a header, because one user's
//! writes are serial by design. A process of its own, so that its processor time is its own.

use std::{
    io::Read,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::Arc,
};

use anyhow::Context;
use clap::ValueEnum;
use domain::UserId;
use dormouse::process::{Listen, Process};
use http::{HeaderName, request::Parts};
use runtime::{
    App, CancellationToken, Clock, Function, Nudge, Problem,
    http::{layers, server::Server},
    identity::{Authenticate, Authentication},
    telemetry::{self, LogFilter, LogFormat},
};
use storage::{Database, Pooler};

use crate::{
    program::{self, Program, Says},
    report::say,
    sample,
};

/// The header that says whose request it is, as a number.
pub(crate) const USER: HeaderName = HeaderName::from_static("x-bench-user");
/// As many connections as `dormouse` has.
pub(crate) const POOL: u32 = 16;

/// What is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Served {
    /// `create-task` and nothing else: nobody hands the log on
    CreateTask,
    /// Every function and loop of `dormouse`, with delivery in process
    Dormouse,
}

/// Believes what the header says.
#[derive(Debug)]
struct ByHeader;

impl Authenticate for ByHeader {
    fn identify<'a>(&'a self, parts: &'a Parts) -> Pin<Box<dyn Future<Output = Result<UserId, Problem>> + Send + 'a>> {
        let number = parts
            .headers
            .get(USER)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        Box::pin(std::future::ready(
            number.map(sample::user).ok_or_else(Problem::internal),
        ))
    }
}

/// Starts this program as a server on the database at `url`.
pub(crate) async fn start(served: Served, url: &str) -> anyhow::Result<Program> {
    let name = served.to_possible_value().context("every kind of server has a name")?;
    let mut command = program::command(std::env::current_exe()?);
    command.args(["--serve", name.get_name()]).env("DATABASE_URL", url);
    Program::start(command, Says::Output).await
}

/// Serves until whoever started this is gone.
pub(crate) async fn serve(served: Served) -> anyhow::Result<()> {
    // As in production: a line for each request, and metrics.
    telemetry::begin_logging(LogFormat::Json, &LogFilter::default())?;
    telemetry::begin_metrics();
    let url = std::env::var("DATABASE_URL").context("DATABASE_URL is missing")?;
    let app = App {
        database: Database::lazy(url.parse()?, POOL, Pooler::None),
        clock: Clock::system(),
        nudge: Nudge::default(),
        look_again: App::ALONE,
    };
    match served {
        Served::CreateTask => serve_function(create_task::function(app)).await,
        Served::Dormouse => serve_dormouse(app).await,
    }
}

async fn serve_function(function: Function) -> anyhow::Result<()> {
    let server = Server::bind(anywhere(), "the benchmark").await?;
    say(&server.address().to_string());
    let routes = function.api.context("the function has routes")?;
    let router = layers::surround(routes, Authentication::By(Arc::new(ByHeader)));
    let stop = CancellationToken::new();
    let serving = tokio::spawn(server.serve(router, stop.clone()));
    parent_is_gone().await;
    stop.cancel();
    Ok(serving.await?)
}

async fn serve_dormouse(app: App) -> anyhow::Result<()> {
    let listen = Listen {
        api: anywhere(),
        metrics: anywhere(),
        authentication: Authentication::By(Arc::new(ByHeader)),
    };
    let process = Process::start(&app, &listen, true).await?;
    say(&process.address.to_string());
    parent_is_gone().await;
    process.stop().await;
    Ok(())
}

fn anywhere() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// Standard input ends with whoever holds its other end, however they end.
async fn parent_is_gone() {
    let read = || std::io::stdin().read_to_end(&mut Vec::new());
    // A failure to read is an end too.
    let _ = tokio::task::spawn_blocking(read).await;
}

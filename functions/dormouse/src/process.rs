//! Every function in this process: one listener for the API, in-process delivery for the reactions, and the loops.

use std::{net::SocketAddr, sync::Arc};

use axum::Router;
use chrono::TimeDelta;
use runtime::{
    App, CancellationToken, Function, Work,
    http::{health, layers, server::Server},
    identity::Authentication,
    shutdown,
};
use storage::installation::{self, Delivery};
use tokio::task::JoinSet;

use crate::{
    backlog,
    delivery::{Consumers, RetryDelivery, log_delivery},
    functions,
};

/// How often what an outage left behind is looked for.
const RECONCILE_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Where to listen, and to whom.
#[derive(Debug, Clone)]
pub struct Listen {
    /// For the API.
    pub api: SocketAddr,
    /// For metrics.
    pub metrics: SocketAddr,
    /// How callers say who they are.
    pub authentication: Authentication,
}

/// The running functions.
#[derive(Debug)]
pub struct Process {
    /// Where the API is.
    pub address: SocketAddr,
    /// Where metrics are.
    pub metrics_address: SocketAddr,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Process {
    /// Starts every function on a migrated database. `is_alone` says that no other process delivers from it, so that
    /// delivery need not wait for one that died to be given up.
    ///
    /// # Errors
    /// The addresses cannot be listened on, or the database is not this process's to deliver from.
    pub async fn start(app: &App, listen: &Listen, is_alone: bool) -> anyhow::Result<Self> {
        listen.authentication.prepare(listen.api.ip())?;
        claim(app).await?;
        let api = Server::bind(listen.api, "PORT or --listen").await?;
        let metrics = Server::bind(listen.metrics, "METRICS_PORT").await?;
        let mut process = Self {
            address: api.address(),
            metrics_address: metrics.address(),
            stop: CancellationToken::new(),
            tasks: JoinSet::new(),
        };
        let functions = functions::all(app);
        process.serve(app, &functions, listen, api, metrics);
        process.deliver(app, &functions, is_alone).await?;
        process.work(app, functions);
        Ok(process)
    }

    /// Stops everything: requests under way and transactions end whole, unless they take too long.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let stop = self.stop.clone();
        shutdown::in_time(&stop, self.ended()).await;
    }

    async fn ended(&mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a part of the process panicked");
            }
        }
    }

    /// Waits until a part of the process ends that should go on: a defect.
    pub async fn failed(&mut self) -> anyhow::Error {
        match self.tasks.join_next().await {
            Some(Err(error)) => anyhow::anyhow!("a part of the process panicked: {error}"),
            _ => anyhow::anyhow!("a part of the process ended that should go on"),
        }
    }

    fn serve(&mut self, app: &App, functions: &[Function], listen: &Listen, api: Server, metrics: Server) {
        let routes = functions
            .iter()
            .filter_map(|function| function.api.clone())
            .fold(Router::new(), Router::merge);
        let router = layers::surround(routes, listen.authentication.clone())
            .merge(layers::observe(api_page::routes()))
            .merge(health::router(Some(app.database.clone()), self.stop.clone()));
        self.tasks.spawn(api.serve(router, self.stop.clone()));
        self.tasks
            .spawn(metrics.serve(health::metrics_router(), self.stop.clone()));
    }

    async fn deliver(&mut self, app: &App, functions: &[Function], is_alone: bool) -> anyhow::Result<()> {
        let consumers = Arc::new(Consumers::of(functions, app).await?);
        let log = log_delivery(app.clone(), Arc::clone(&consumers), is_alone);
        self.tasks.spawn(log.run(self.stop.clone()));
        self.tasks
            .spawn(RetryDelivery::new(app.clone(), consumers).run(self.stop.clone()));
        Ok(())
    }

    fn work(&mut self, app: &App, functions: Vec<Function>) {
        for function in functions {
            if let Some(Work::Loop(work)) = function.work {
                let (name, stop) = (function.name, self.stop.clone());
                self.tasks.spawn(async move {
                    if let Err(error) = work(stop).await {
                        tracing::error!(%error, function = name, "a function failed");
                    }
                });
            }
        }
        self.tasks.spawn(reconcile_regularly(app.clone(), self.stop.clone()));
        self.tasks
            .spawn(backlog::measure_regularly(app.clone(), self.stop.clone()));
        self.tasks
            .spawn(runtime::backlog::measure_regularly(app.clone(), self.stop.clone()));
    }
}

/// Refuses a database whose log is delivered otherwise, or was restored behind positions that were handed out.
async fn claim(app: &App) -> anyhow::Result<()> {
    let mut session = app.database.session().await?;
    let delivery = installation::claim_delivery(&mut session, Delivery::InProcess).await?;
    let lineage = installation::lineage(&mut session).await?;
    session.finish().await?;
    anyhow::ensure!(
        delivery == Delivery::InProcess,
        "this installation delivers its log by Kafka; one log has one consumer, so dormouse does not deliver it too. \
         To switch, stop relay-log, let it publish what is pending, and clear installation.delivery"
    );
    anyhow::ensure!(
        lineage.is_unbroken,
        "this database is not on the server and timeline that era {} began on: it was restored, moved or failed over. \
         If nothing newer is to be recovered, run `dormouse renew-era` and start again",
        lineage.era
    );
    Ok(())
}

async fn reconcile_regularly(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = reconcile::run(&app).await {
            tracing::warn!(%error, "what an outage left behind cannot be looked for now");
        }
        stop.run_until_cancelled(app.clock.sleep(RECONCILE_EVERY)).await;
    }
}

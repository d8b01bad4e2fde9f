//! Clients that create without HTTP.

use runtime::Clock;
use storage::{Database, Pooler};
use tokio::task::JoinSet;

use crate::{
    cluster::BenchDatabase,
    sample,
    serve::POOL,
    window::{Done, Load, Recorder, Stop},
};

/// Where a client's connections come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connections {
    /// From the pool, for each create, as handlers do.
    Pool,
    /// It keeps one.
    Held,
}

/// `clients` of them creating tasks for any of the users.
pub(crate) fn start(database: &BenchDatabase, clients: u32, stop: Stop, connections: Connections) -> Load {
    let database = Database::lazy(database.options.clone(), POOL, Pooler::None);
    tokio::spawn(async move {
        let mut running = JoinSet::new();
        for _ in 0..clients {
            let (database, recorder) = (database.clone(), stop.recorder());
            running.spawn(async move {
                match connections {
                    Connections::Held => held(&database, recorder).await,
                    Connections::Pool => pooled(&database, recorder).await,
                }
            });
        }
        let mut done = Vec::new();
        while let Some(client) = running.join_next().await {
            done.extend(client??);
        }
        database.close().await;
        Ok(done)
    })
}

async fn pooled(database: &Database, mut recorder: Recorder) -> anyhow::Result<Vec<Done>> {
    let (clock, task) = (Clock::system(), sample::new_task(None)?);
    while recorder.goes_on() {
        let create = async {
            let mut session = database.session().await?;
            sample::create(&mut session, &clock, sample::user(sample::any_user()), task.clone()).await?;
            Ok(session.finish().await?)
        };
        recorder.time(create).await?;
    }
    Ok(recorder.done())
}

async fn held(database: &Database, mut recorder: Recorder) -> anyhow::Result<Vec<Done>> {
    let (clock, task) = (Clock::system(), sample::new_task(None)?);
    let mut session = database.session().await?;
    while recorder.goes_on() {
        let user = sample::user(sample::any_user());
        recorder
            .time(sample::create(&mut session, &clock, user, task.clone()))
            .await?;
    }
    Ok(recorder.done())
}

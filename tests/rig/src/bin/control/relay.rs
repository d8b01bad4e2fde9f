//! Relays that are broken.

use std::{process::ExitCode, sync::Arc};

use kafka::{Publisher, Settings};
use runtime::{
    App, CancellationToken, Function,
    log_follower::{End, Following, LogFollower, Room, Turn},
    run,
};
use storage::{
    installation,
    log::reader::{Batch, Unknown},
};

pub(crate) fn start<T>(hand_on: fn(Arc<Publisher>, Batch) -> T) -> ExitCode
where
    T: Future<Output = Turn> + Send + 'static,
{
    match Settings::read(|name| std::env::var(name).ok()) {
        Ok(settings) => run::run(|app| function(app, settings, hand_on)),
        Err(error) => run::exit_code(Err(error.into())),
    }
}

/// Marks the place before Kafka has acknowledged it.
pub(crate) async fn marks_first(publisher: Arc<Publisher>, batch: Batch) -> Turn {
    let reached = Some(batch.upto);
    tokio::spawn(async move { publisher.publish(&batch.events).await });
    let end = End::Whole;
    Turn { reached, end }
}

/// Publishes the last event first.
pub(crate) async fn reorders(publisher: Arc<Publisher>, mut batch: Batch) -> Turn {
    batch.events.reverse();
    publisher.publish(&batch.events).await;
    Turn {
        reached: Some(batch.upto),
        end: End::Whole,
    }
}

fn function<T>(app: App, settings: Settings, hand_on: fn(Arc<Publisher>, Batch) -> T) -> Function
where
    T: Future<Output = Turn> + Send + 'static,
{
    Function::looping("relay-log", async move |stop: CancellationToken| {
        let mut session = app.database.session().await?;
        let publisher = Arc::new(Publisher::new(&settings, installation::id(&mut session).await?)?);
        session.finish().await?;
        let following = Following {
            lease: "relay-log",
            is_alone: false,
            room: Room {
                quick: 256,
                failing: 16,
            },
            unknown: Unknown::Wait,
        };
        let hand_on = move |batch, _| hand_on(Arc::clone(&publisher), batch);
        LogFollower::new(app, following, hand_on).run(stop).await;
        Ok(())
    })
}

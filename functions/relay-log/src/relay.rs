//! From the log to Kafka.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use kafka::{KafkaError, Published, Publisher, RDKafkaErrorCode, Settings};
use runtime::{
    App, CancellationToken, backlog,
    function::WorkResult,
    log_follower::{End, Following, LogFollower, Room, Turn},
};
use storage::{
    installation::{self, Delivery},
    log::reader::{Batch, Unknown},
};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::refusals::Refusals;

/// How many users' batches are on their way at once.
const ROOM: Room = Room {
    quick: 256,
    failing: 16,
};
/// How long to wait for the database before asking again whose the log is.
const AFTER_FAILURE: TimeDelta = TimeDelta::milliseconds(500);
/// How long the log of a user waits of whom an event was refused. Some refusals take no time at all.
const AFTER_REFUSAL: Duration = Duration::from_millis(500);
/// How long what is on its way may take to arrive once this is told to stop. What does not is published again.
const STOP_PATIENCE: Duration = Duration::from_secs(1);

/// What publishes.
struct Relay {
    settings: Settings,
    /// How long Kafka may leave events without an answer; twice as long while it is away.
    patience: Duration,
    publisher: Mutex<Arc<Publisher>>,
    refusals: Refusals,
}

pub(crate) async fn run(app: App, settings: Settings, patience: Duration, stop: CancellationToken) -> WorkResult {
    let Some(installation) = stop.run_until_cancelled(claim(&app)).await.transpose()? else {
        return Ok(());
    };
    let relay = Arc::new(Relay::new(settings, patience, installation)?);
    let following = Following {
        lease: "relay-log",
        is_alone: false,
        room: ROOM,
        // Their topics may have readers that know them.
        unknown: Unknown::Wait,
    };
    let hand_on = move |batch, stop| Arc::clone(&relay).hand_on(batch, stop);
    let follower = LogFollower::new(app.clone(), following, hand_on);
    let measuring = stop.child_token();
    let following = async {
        follower.run(stop.clone()).await;
        measuring.cancel();
    };
    tokio::join!(following, backlog::measure_regularly(app, measuring.clone()));
    anyhow::ensure!(
        stop.is_cancelled(),
        "nobody renews the lease to follow the log any more"
    );
    Ok(())
}

/// Claims the log for Kafka, as soon as the database can be asked, and answers whose events they are.
async fn claim(app: &App) -> anyhow::Result<Uuid> {
    let mut is_said = false;
    loop {
        match claim_once(app).await {
            Ok((Delivery::Kafka, installation)) => return Ok(installation),
            Ok((Delivery::InProcess, _)) => anyhow::bail!(
                "this installation's log is delivered in process by dormouse; one log has one consumer, so relay-log \
                 does not publish it too. To switch, stop dormouse and set installation.delivery to 'kafka'"
            ),
            Err(error) if !error.is_transient() => return Err(error.into()),
            Err(error) if !std::mem::replace(&mut is_said, true) => {
                tracing::warn!(%error, "the database cannot be asked whose the log is; trying on");
            }
            Err(_) => {}
        }
        app.clock.sleep(AFTER_FAILURE).await;
    }
}

async fn claim_once(app: &App) -> Result<(Delivery, Uuid), storage::Error> {
    let mut session = app.database.session().await?;
    let delivery = installation::claim_delivery(&mut session, Delivery::Kafka).await?;
    let installation = installation::id(&mut session).await?;
    session.finish().await?;
    Ok((delivery, installation))
}

impl Relay {
    fn new(settings: Settings, patience: Duration, installation: Uuid) -> anyhow::Result<Self> {
        let publisher = Mutex::new(Arc::new(Publisher::new(&settings, installation)?));
        Ok(Self {
            settings,
            patience,
            publisher,
            refusals: Refusals::default(),
        })
    }

    /// Publishes, and gives a publisher up that says nothing; answers whether it did.
    async fn publish(&self, publisher: &Publisher, batch: &Batch) -> (Published, bool) {
        let publishing = publisher.publish(&batch.events);
        tokio::pin!(publishing);
        let (mut was_away, mut is_silent) = (false, false);
        loop {
            match timeout(self.patience, &mut publishing).await {
                Ok(published) => return (published, is_silent),
                // It says so by itself, and most often sees by itself that Kafka is back.
                Err(_) if publisher.is_away() && !was_away => was_away = true,
                // Of one that was given up already, too: what moved between its threads just then was not among what that ended.
                Err(_) => {
                    if !publisher.is_broken() && !publisher.is_away() {
                        self.refusals.silent(batch.user, topic_of(batch, 0));
                    }
                    is_silent = true;
                    publisher.give_up();
                }
            }
        }
    }

    async fn hand_on(self: Arc<Self>, batch: Batch, stop: CancellationToken) -> Turn {
        let stopped = Turn {
            reached: None,
            end: End::Stopped,
        };
        let publisher = match self.publisher() {
            Ok(publisher) => publisher,
            Err(error) => {
                let end = End::Failed(error.into());
                return Turn { reached: None, end };
            }
        };
        let publishing = self.publish(&publisher, &batch);
        tokio::pin!(publishing);
        let (published, is_silent) = tokio::select! {
            published = &mut publishing => published,
            () = stop.cancelled() => match timeout(STOP_PATIENCE, publishing).await {
                Ok(published) => published,
                Err(_) => return stopped,
            },
        };
        metrics::counter!("events_published_total").increment(published.acknowledged as u64);
        let Some(error) = published.failure else {
            self.refusals.took(batch.user);
            return Turn {
                reached: Some(batch.upto),
                end: End::Whole,
            };
        };
        let reached = published.acknowledged.checked_sub(1).map(|last| batch.events[last].seq);
        if is_purged(&error) && !is_silent {
            // Another's event broke the client, or was left without an answer.
            let end = End::Interrupted;
            return Turn { reached, end };
        }
        if !is_silent {
            metrics::counter!("publish_failures_total").increment(1);
            let topic = topic_of(&batch, published.acknowledged);
            self.refusals.refused(batch.user, topic, &error);
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(AFTER_REFUSAL) => {}
        }
        let end = End::NotNow;
        Turn { reached, end }
    }

    /// The publisher; another one in place of one that broke.
    fn publisher(&self) -> Result<Arc<Publisher>, KafkaError> {
        let mut publisher = self.publisher.lock().unwrap_or_else(PoisonError::into_inner);
        if publisher.is_broken() {
            *publisher = Arc::new(publisher.renewed(&self.settings)?);
            tracing::debug!("another client publishes from here on");
        }
        Ok(Arc::clone(&publisher))
    }
}

/// The topic of one of a batch's events; none where it has no such event.
fn topic_of(batch: &Batch, number: usize) -> &'static str {
    batch
        .events
        .get(number)
        .map_or("none", |recorded| recorded.event.kind.as_str())
}

/// Whether a message ended with its client, whatever it is itself.
fn is_purged(error: &KafkaError) -> bool {
    let purged = [RDKafkaErrorCode::PurgeQueue, RDKafkaErrorCode::PurgeInflight];
    error.rdkafka_error_code().is_some_and(|code| purged.contains(&code))
}

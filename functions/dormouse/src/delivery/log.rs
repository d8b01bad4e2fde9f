//! Following the log.

use std::sync::Arc;

use runtime::{
    App, CancellationToken,
    log_follower::{End, Following, LogFollower, Room, Turn},
};
use storage::{
    log::reader::{Batch, Unknown},
    retries::DeliveryKey,
};

use super::{Attempt, Consumers, outcome::note_first};

/// Hands the log on to `consumers`. `is_alone` says that whoever delivered before is gone for sure.
#[must_use]
pub fn log_delivery(app: App, consumers: Arc<Consumers>, is_alone: bool) -> LogFollower {
    let following = Following {
        lease: "in-process-delivery",
        is_alone,
        room: Room::in_share_of(&app.database),
        // Nothing here takes them.
        unknown: Unknown::Skip,
    };
    let handlers = app.clone();
    LogFollower::new(app, following, move |batch, stop| {
        hand_on(handlers.clone(), Arc::clone(&consumers), batch, stop)
    })
}

/// Hands one user's events on in order, until one cannot be taken now.
async fn hand_on(app: App, consumers: Arc<Consumers>, batch: Batch, stop: CancellationToken) -> Turn {
    let mut reached = None;
    for recorded in &batch.events {
        if stop.is_cancelled() {
            let end = End::Stopped;
            return Turn { reached, end };
        }
        let mut is_taken = true;
        for consumer in consumers.of_kind(recorded.event.kind) {
            let key = DeliveryKey {
                user: batch.user,
                seq: recorded.seq,
                consumer: consumer.to_owned(),
            };
            let attempt = consumers.attempt(consumer, recorded).await;
            is_taken &= !matches!(attempt, Attempt::NotNow(_));
            if let Err(error) = note_first(&app, &key, &attempt).await {
                let end = End::Failed(error.into());
                return Turn { reached, end };
            }
        }
        reached = Some(recorded.seq);
        if !is_taken {
            let end = End::NotNow;
            return Turn { reached, end };
        }
    }
    Turn {
        reached: Some(batch.upto),
        end: End::Whole,
    }
}

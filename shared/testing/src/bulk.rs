//! Deliveries as a broker makes them after a crash: everything several times, in any order, to many consumers at once.

use std::env;

use domain::UserId;
use events::{EventType, cloud_event};
use runtime::Function;
use serde_json::Value;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{Client, TestApp};

/// How often each event is delivered.
const TIMES: usize = 3;
/// How many deliver at once.
const CONSUMERS: usize = 8;
/// As often as a dispatcher tries again what was answered "not now".
const ATTEMPTS: usize = 10;
/// The environment variable by which a run is repeated.
const SEED: &str = "DORMOUSE_SEED";

/// Chance that can be repeated: its seed stands in what a failed test wrote.
///
/// # Panics
/// `DORMOUSE_SEED` is no number.
#[must_use]
pub fn dice() -> fastrand::Rng {
    let seed = match env::var(SEED) {
        Ok(text) => text.parse().expect("the seed is a number"),
        Err(_) => fastrand::u64(..),
    };
    eprintln!("{SEED}={seed} repeats this run");
    fastrand::Rng::with_seed(seed)
}

impl TestApp {
    /// Every event of `kind` in every user's log, in structured mode.
    ///
    /// # Panics
    /// The database is away, or an event is not as the API's document says.
    pub async fn all_events(&self, kind: EventType) -> Vec<Value> {
        let users: Vec<Uuid> = sqlx::query_scalar("SELECT user_id FROM log_heads ORDER BY user_id")
            .fetch_all(&self.database().pool())
            .await
            .expect("the database is there");
        let installation = self.installation().await;
        let mut all = Vec::new();
        for user in users {
            let mut events = self.events(UserId(user)).await;
            events.retain(|recorded| recorded.event.kind == kind);
            all.extend(events.iter().map(|event| cloud_event::to_json(event, installation)));
        }
        all
    }
}

/// Delivers each of `events` three times, all of them in any order, by eight tasks at once, each event until it is taken.
///
/// # Panics
/// One is answered anything but 204, or 503 for good.
pub async fn deliver_in_bulk(reaction: &Function, events: &[Value], dice: &mut fastrand::Rng) {
    let mut deliveries: Vec<_> = events.iter().cycle().take(TIMES * events.len()).cloned().collect();
    dice.shuffle(&mut deliveries);
    let share = deliveries.len().div_ceil(CONSUMERS).max(1);
    let mut consumers = JoinSet::new();
    for share in deliveries.chunks(share) {
        let (client, share) = (Client::of_reaction(reaction), share.to_vec());
        consumers.spawn(async move {
            for event in share {
                deliver(&client, &event).await;
            }
        });
    }
    consumers.join_all().await;
}

async fn deliver(client: &Client, event: &Value) {
    let mut reply = client.post_event(event).await;
    for _ in 1..ATTEMPTS {
        // Others of the user's events have their turn for too long.
        if reply.status != 503 {
            break;
        }
        reply = client.post_event(event).await;
    }
    assert_eq!(reply.status, 204, "{event}: {reply:?}");
}

//! Following the log of users some of whom cannot be served, and across a failover.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::UserId;
use runtime::{
    App, CancellationToken, Clock,
    log_follower::{End, Following, LogFollower, Room, Turn},
};
use sqlx::types::Uuid;
use storage::log::{LogTransaction, reader::Unknown};
use testing::{TestApp, eventually};
use tokio::task::{JoinHandle, yield_now};

/// How often each user had a turn.
#[derive(Debug, Clone, Default)]
struct Turns(Arc<Mutex<BTreeMap<UserId, usize>>>);

impl Turns {
    /// Counts another one, and answers the how-manieth it is.
    fn add(&self, user: UserId) -> usize {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = turns.entry(user).or_default();
        *count += 1;
        *count
    }

    fn of(&self, user: UserId) -> usize {
        let turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.get(&user).copied().unwrap_or_default()
    }
}

fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(0xd0_0000_0000_4000_8000_0000_0000_0000 + number))
}

/// Follows the log; the how-manieth turn of a user says whether it goes well.
fn follow(app: App, turns: Turns, goes_well: fn(UserId, usize) -> bool) -> (CancellationToken, JoinHandle<()>) {
    let following = Following {
        lease: "test",
        is_alone: true,
        room: Room { quick: 4, failing: 2 },
        unknown: Unknown::Skip,
    };
    let follower = LogFollower::new(app, following, move |batch, _| {
        let turns = turns.clone();
        async move {
            yield_now().await;
            let is_well = goes_well(batch.user, turns.add(batch.user));
            Turn {
                reached: is_well.then_some(batch.upto),
                end: if is_well { End::Whole } else { End::NotNow },
            }
        }
    });
    let stop = CancellationToken::new();
    let running = tokio::spawn(follower.run(stop.clone()));
    (stop, running)
}

#[tokio::test]
async fn user_who_can_be_served_again_waits_for_none_who_cannot() {
    const LAST: u128 = 30;
    let test = TestApp::start().await;
    for number in 1..=LAST {
        test.create_for(user(number), "Feed the cat").await;
    }
    let turns = Turns::default();
    let (stop, running) = follow(test.app(), turns.clone(), |of, turn| of == user(LAST) && turn > 1);
    eventually("the last one is served", async || turns.of(user(LAST)) >= 2).await;
    stop.cancel();
    running.await.unwrap();
}

/// The server's timeline is what its name of a segment begins with: here, what a function of the test's own says.
#[tokio::test]
async fn what_was_handed_on_on_another_timeline_is_not_stored() {
    let test = TestApp::start().await;
    test.create_for(user(1), "Feed the cat").await;
    let pool = test.database().pool();
    let be_on = async |timeline: &str| {
        let sql = format!(
            "CREATE OR REPLACE FUNCTION failover.pg_walfile_name(pg_lsn) RETURNS text LANGUAGE sql AS
                 $$ SELECT '{timeline}0000000000000001' $$"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    };
    sqlx::raw_sql(
        "CREATE SCHEMA failover;
         DO $$ BEGIN
             EXECUTE format('ALTER DATABASE %I SET search_path = failover, pg_catalog, public', current_database());
         END $$",
    )
    .execute(&pool)
    .await
    .unwrap();
    be_on("00000001").await;
    let app = App {
        database: test.database().open(4),
        clock: Clock::system(),
        ..test.app()
    };
    let holder = LogTransaction::begin(&app.database, user(1)).await.unwrap().unwrap();
    let turns = Turns::default();
    let (stop, running) = follow(app, turns.clone(), |_, _| true);
    eventually("it is handed on", async || turns.of(user(1)) == 1).await;

    be_on("00000002").await;
    holder.rollback().await.unwrap();
    eventually("it is handed on again", async || turns.of(user(1)) == 2).await;
    stop.cancel();
    running.await.unwrap();
}

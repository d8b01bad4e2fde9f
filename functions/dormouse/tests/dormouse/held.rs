//! Users whose log somebody holds.

use domain::UserId;
use http::StatusCode;
use runtime::Function;
use storage::log::LogTransaction;
use testing::{SOMEBODY_ELSE, TestApp, eventually};
use uuid::Uuid;

use crate::support::{Seen, consumer, dead_letters, deliver, log_is_handed_on, retries};

const HELD: usize = 12;
const EVENTS: usize = 5;

/// A user who comes before [`SOMEBODY_ELSE`] in every reading.
fn held(number: usize) -> UserId {
    UserId(Uuid::from_u128(1 + number as u128))
}

/// A function that takes the user's head, as every reaction does.
fn reaction(app: &TestApp, seen: &Seen) -> Function {
    let (database, seen) = (app.database().open(8), seen.clone());
    consumer("taker", move |delivered| {
        let database = database.clone();
        let user = serde_json::from_value(delivered.data["user_id"].clone()).expect("an event names its user");
        seen.add(delivered);
        async move {
            match LogTransaction::begin_reaction(&database, user).await {
                Ok(_) => StatusCode::NO_CONTENT,
                Err(_) => StatusCode::SERVICE_UNAVAILABLE,
            }
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn users_whose_logs_are_held_keep_nobody_else_waiting() {
    let app = TestApp::start().await;
    for number in 0..HELD * EVENTS {
        app.create_for(held(number % HELD), "held").await;
    }
    let pool = app.database().pool();
    let mut holder = pool.begin().await.unwrap();
    sqlx::raw_sql("SET LOCAL idle_in_transaction_session_timeout = 0; SELECT FROM log_heads FOR UPDATE")
        .execute(&mut *holder)
        .await
        .unwrap();
    let seen = Seen::default();
    let delivery = deliver(&app, &[reaction(&app, &seen)]).await;
    eventually("each was met once", async || retries(&app).await.len() >= HELD).await;

    let before = seen.count("held");
    app.create_for(SOMEBODY_ELSE, "free").await;
    seen.comes("free").await;

    // One of them at a time is tried, and it may have been another's turn meanwhile; not everybody's.
    let meanwhile = seen.count("held") - before;
    assert!(meanwhile <= HELD / 2, "{meanwhile} tries came first");

    holder.rollback().await.unwrap();
    log_is_handed_on(&app).await;
    eventually("what could not be taken is", async || {
        app.clock().advance(chrono::TimeDelta::seconds(1));
        retries(&app).await.is_empty()
    })
    .await;
    delivery.stop().await;
    assert_eq!(dead_letters(&app).await, []);
    app.verify_log().await;
}

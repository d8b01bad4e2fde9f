//! One at a time hands the log on.

use std::{collections::BTreeSet, time::Duration};

use domain::UserId;
use http::StatusCode;
use storage::log::LogTransaction;
use testing::{TestApp, eventually};
use uuid::Uuid;

use crate::support::{Delivery, Seen, answering, consumer, log_is_handed_on};

async fn create_many(app: &TestApp) {
    for number in 0..100 {
        let user = UserId(Uuid::from_u128(1 + number % 10));
        app.create_for(user, &format!("number {number}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_deliver_everything_once() {
    let app = TestApp::start().await;
    create_many(&app).await;
    let seen = Seen::default();
    let seen_by_function = seen.clone();
    // Slow enough that a second one would meet the same events.
    let functions = [consumer("taker", move |delivered| {
        seen_by_function.add(delivered);
        async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            StatusCode::OK
        }
    })];
    let (one, other) = (
        Delivery::to(&app, &functions).await,
        Delivery::to(&app, &functions).await,
    );
    let (one, other) = (one.follow_log(false), other.follow_log(false));

    log_is_handed_on(&app).await;
    one.stop().await;
    other.stop().await;

    assert_eq!(seen.titles().len(), 100);
    assert_eq!(seen.titles().into_iter().collect::<BTreeSet<_>>().len(), 100);
    app.verify_log().await;
}

#[tokio::test]
async fn one_that_stops_gives_its_lease_to_the_next() {
    let app = TestApp::start().await;
    let seen = Seen::default();
    let functions = [answering(&seen, "", StatusCode::OK)];
    app.create_for(UserId::LOCAL, "one").await;
    let first = Delivery::to(&app, &functions).await.follow_log(false);
    seen.comes("one").await;
    first.stop().await;

    let is_free: bool = sqlx::query_scalar("SELECT expires_at <= clock_timestamp() FROM leases")
        .fetch_one(&app.database().pool())
        .await
        .unwrap();
    assert!(is_free);
    app.create_for(UserId::LOCAL, "two").await;
    let second = Delivery::to(&app, &functions).await.follow_log(false);
    seen.comes("two").await;
    second.stop().await;

    assert_eq!(seen.titles(), ["one", "two"]);
}

#[tokio::test]
async fn lease_of_one_that_died_runs_out() {
    let app = TestApp::start().await;
    let seen = Seen::default();
    let functions = [answering(&seen, "", StatusCode::OK)];
    app.create_for(UserId::LOCAL, "one").await;
    let first = Delivery::to(&app, &functions).await.follow_log(false);
    seen.comes("one").await;
    let second = Delivery::to(&app, &functions).await.follow_log(false);
    drop(first);

    app.create_for(UserId::LOCAL, "two").await;
    seen.comes("two").await;
    second.stop().await;

    let epoch: i64 = sqlx::query_scalar("SELECT epoch FROM leases")
        .fetch_one(&app.database().pool())
        .await
        .unwrap();
    assert_eq!(epoch, 2);
}

#[tokio::test]
async fn one_that_is_alone_does_not_wait_for_the_lease_of_one_that_died() {
    let app = TestApp::start().await;
    let seen = Seen::default();
    let functions = [answering(&seen, "", StatusCode::OK)];
    // A lease that would run out long after this test has failed.
    sqlx::query(
        "INSERT INTO leases (name, holder, epoch, expires_at)
         VALUES ('in-process-delivery', gen_random_uuid(), 1, clock_timestamp() + interval '1 hour')",
    )
    .execute(&app.database().pool())
    .await
    .unwrap();
    app.create_for(UserId::LOCAL, "one").await;
    let delivery = Delivery::to(&app, &functions).await.follow_log(true);
    seen.comes("one").await;
    delivery.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_turn_does_not_let_the_lease_lapse() {
    let app = TestApp::start().await;
    for title in ["one", "two", "three"] {
        app.create_for(UserId::LOCAL, title).await;
    }
    let seen = Seen::default();
    let seen_by_function = seen.clone();
    // Together they take longer than the lease lives, which is three seconds.
    let functions = [consumer("taker", move |delivered| {
        seen_by_function.add(delivered);
        async {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            StatusCode::OK
        }
    })];
    let first = Delivery::to(&app, &functions).await.follow_log(false);
    seen.comes("one").await;
    let second = Delivery::to(&app, &functions).await.follow_log(false);
    log_is_handed_on(&app).await;
    first.stop().await;
    second.stop().await;

    assert_eq!(seen.titles(), ["one", "two", "three"]);
}

#[tokio::test]
async fn what_was_handed_on_before_a_failover_is_not_taken_for_granted_after_it() {
    let app = TestApp::start().await;
    app.create_for(UserId::LOCAL, "one").await;
    let seen = Seen::default();
    let functions = [answering(&seen, "", StatusCode::OK)];
    // While the head is held, how far it was handed on is remembered only.
    let database = app.database().open(1);
    let holder = LogTransaction::begin(&database, UserId::LOCAL).await.unwrap().unwrap();
    let delivery = Delivery::to(&app, &functions).await.follow_log(false);
    seen.comes("one").await;

    // Another epoch, as if another had held it meanwhile; a new timeline looks the same to the holder.
    sqlx::query("UPDATE leases SET epoch = epoch + 1")
        .execute(&app.database().pool())
        .await
        .unwrap();
    eventually("it is handed on again", async || seen.count("one") == 2).await;
    drop(holder);
    log_is_handed_on(&app).await;
    delivery.stop().await;
}

//! Events that a function cannot take now.

use chrono::TimeDelta;
use domain::UserId;
use dormouse::delivery::backoff::ATTEMPTS;
use http::StatusCode;
use testing::{TestApp, eventually};

use crate::support::{Row, Seen, answering, consumer, dead_letters, deliver, retries};

const TICK: TimeDelta = TimeDelta::milliseconds(10);

async fn tried(app: &TestApp, attempts: i32) -> Row {
    eventually("it was tried again", async || {
        let is_tried = retries(app).await.first().is_some_and(|retry| retry.0 == attempts);
        if !is_tried {
            // It may have begun to sleep after the clock was set.
            app.clock().advance(TICK);
        }
        is_tried
    })
    .await;
    retries(app).await.remove(0)
}

#[tokio::test]
async fn pauses_grow_and_after_ten_tries_it_is_a_dead_letter() {
    let app = TestApp::start().await;
    app.create_for(UserId::LOCAL, "later").await;
    let seen = Seen::default();
    let busy = answering(&seen, "later", StatusCode::SERVICE_UNAVAILABLE);
    let delivery = deliver(&app, &[busy]).await;

    for attempts in 1..ATTEMPTS {
        let (_, next, error) = tried(&app, attempts).await;
        assert!(error.contains("503"), "{error}");
        let longest = TimeDelta::seconds(1 << attempts);
        let pause = next - app.now();
        // The clock may have ticked while the try was noted.
        let is_good = longest / 2 - TICK * 20 <= pause && pause <= longest;
        assert!(is_good, "{pause} after {attempts}");
        assert_eq!(dead_letters(&app).await, []);
        app.clock().set(next);
    }
    eventually("it is given up", async || {
        app.clock().advance(TICK);
        !dead_letters(&app).await.is_empty()
    })
    .await;
    delivery.stop().await;

    assert_eq!(ATTEMPTS, 10);
    assert_eq!(seen.count("later"), 10);
    let letter = dead_letters(&app).await.remove(0);
    assert_eq!(letter.attempts, 10);
    assert_eq!(retries(&app).await, []);
    app.verify_log().await;
}

#[tokio::test]
async fn nothing_is_tried_again_before_its_pause_is_over() {
    let app = TestApp::start().await;
    app.create_for(UserId::LOCAL, "later").await;
    let seen = Seen::default();
    let busy = answering(&seen, "later", StatusCode::SERVICE_UNAVAILABLE);
    let delivery = deliver(&app, &[busy]).await;
    let (_, next, _) = tried(&app, 1).await;

    // One whose time has come shows that the table was looked at.
    sqlx::query(
        "INSERT INTO retries (user_id, seq, consumer, attempts, next_attempt_at, error)
         SELECT user_id, seq, 'nobody', 0, next_attempt_at - interval '1 second', error FROM retries",
    )
    .execute(&app.database().pool())
    .await
    .unwrap();
    let latest = next - TimeDelta::milliseconds(1);
    app.clock().set(next - TimeDelta::milliseconds(500));
    eventually("the table is looked at", async || {
        app.clock().set(latest.min(app.now() + TICK));
        app.now() == latest && retries(&app).await.iter().all(|retry| retry.0 == 1)
    })
    .await;
    assert_eq!(seen.count("later"), 1);

    eventually("it is tried again", async || {
        app.clock().advance(TICK);
        seen.count("later") == 2
    })
    .await;
    delivery.stop().await;
}

#[tokio::test]
async fn what_is_taken_at_last_is_forgotten() {
    let app = TestApp::start().await;
    app.create_for(UserId::LOCAL, "x").await;
    let seen = Seen::default();
    let seen_by_function = seen.clone();
    let function = consumer("taker", move |delivered| {
        seen_by_function.add(delivered);
        let is_first = seen_by_function.all().len() == 1;
        async move {
            if is_first {
                StatusCode::SERVICE_UNAVAILABLE
            } else {
                StatusCode::NO_CONTENT
            }
        }
    });
    let delivery = deliver(&app, &[function]).await;

    let (_, next, _) = tried(&app, 1).await;
    app.clock().set(next);
    eventually("it is taken", async || {
        app.clock().advance(TICK);
        retries(&app).await.is_empty()
    })
    .await;
    delivery.stop().await;

    assert_eq!(seen.titles(), ["x", "x"]);
    assert_eq!(dead_letters(&app).await, []);
}

/// KafkaSource would retry these, too, and they can mean only that a release is broken.
#[tokio::test]
async fn status_that_is_none_of_ours_is_tried_again() {
    for status in [
        StatusCode::NOT_FOUND,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::INTERNAL_SERVER_ERROR,
    ] {
        let app = TestApp::start().await;
        app.create_for(UserId::LOCAL, "x").await;
        let delivery = deliver(&app, &[answering(&Seen::default(), "x", status)]).await;
        tried(&app, 1).await;
        delivery.stop().await;
        assert_eq!(dead_letters(&app).await, []);
    }
}

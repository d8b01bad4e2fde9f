//! While the database is away no attempt is spent, for there is nowhere to note it.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::UserId;
use http::StatusCode;
use runtime::Function;
use testing::{TestApp, eventually};
use tokio::sync::Notify;

use crate::support::{Seen, consumer, dead_letters, deliver, log_is_handed_on, retries};

/// A function that waits in the middle of call `number` until the test has taken the database away.
struct Interrupted {
    seen: Seen,
    gone: Arc<Notify>,
}

impl Interrupted {
    fn new() -> Self {
        Self {
            seen: Seen::default(),
            gone: Arc::default(),
        }
    }

    /// It cannot take an event while it waits, nor in calls before; later ones it takes.
    fn function(&self, number: usize) -> Function {
        let (seen, gone) = (self.seen.clone(), Arc::clone(&self.gone));
        consumer("taker", move |delivered| {
            seen.add(delivered);
            let calls = seen.all().len();
            let gone = Arc::clone(&gone);
            async move {
                if calls == number {
                    gone.notified().await;
                }
                if calls <= number {
                    StatusCode::SERVICE_UNAVAILABLE
                } else {
                    StatusCode::NO_CONTENT
                }
            }
        })
    }

    /// Takes the database away in the middle of call `number`.
    async fn interrupt(&self, app: &TestApp, number: usize) {
        eventually("it is called", async || {
            // It may have begun to wait by the clock after the test had set it.
            app.clock().advance(TimeDelta::milliseconds(10));
            self.seen.all().len() == number
        })
        .await;
        app.database().go_away().await;
        self.gone.notify_one();
    }
}

#[tokio::test]
async fn log_is_handed_on_again_as_if_for_the_first_time() {
    let app = TestApp::start().await;
    app.create_for(UserId::LOCAL, "x").await;
    let interrupted = Interrupted::new();
    let delivery = deliver(&app, &[interrupted.function(1)]).await;

    interrupted.interrupt(&app, 1).await;
    app.clock().advance(TimeDelta::hours(1));
    app.database().come_back().await;
    log_is_handed_on(&app).await;
    delivery.stop().await;
    app.reconnect().await;

    assert_eq!(interrupted.seen.titles(), ["x", "x"]);
    assert_eq!(retries(&app).await, []);
    assert_eq!(dead_letters(&app).await, []);
    app.verify_log().await;
}

#[tokio::test]
async fn retry_is_made_later_and_not_counted() {
    let app = TestApp::start().await;
    app.create_for(UserId::LOCAL, "x").await;
    let interrupted = Interrupted::new();
    let delivery = deliver(&app, &[interrupted.function(2)]).await;
    eventually("it is to be tried again", async || !retries(&app).await.is_empty()).await;

    app.clock().set(retries(&app).await[0].1);
    interrupted.interrupt(&app, 2).await;
    app.database().come_back().await;
    assert_eq!(retries(&app).await[0].0, 1);
    eventually("it is taken at last", async || {
        app.clock().advance(TimeDelta::seconds(1));
        retries(&app).await.is_empty()
    })
    .await;
    delivery.stop().await;
    app.reconnect().await;

    assert_eq!(interrupted.seen.titles(), ["x", "x", "x"]);
    assert_eq!(dead_letters(&app).await, []);
}

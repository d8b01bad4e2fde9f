//! A reader that is cut off and goes on, beside writers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::Router;
use domain::UserId;
use serde_json::Value;
use testing::{Client, SOMEBODY_ELSE, TestApp};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    create,
    reading::{Reading, Received, router},
};

const WRITERS: usize = 8;

/// For how long they write; `make test-streams` has them do it for longer than a test run does.
fn length() -> Duration {
    let asked = std::env::var("DORMOUSE_STREAM_SECONDS").ok();
    let seconds = asked.map(|seconds| seconds.parse().expect("DORMOUSE_STREAM_SECONDS is a whole number"));
    Duration::from_secs(seconds.unwrap_or(2))
}

/// Creates and completes tasks until it is told to stop.
async fn write(client: Client, writer: usize, is_over: Arc<AtomicBool>) {
    for task in 0.. {
        let created = create(&client, &format!("{writer}-{task}")).await;
        let path = format!("/v1/tasks/{}/complete", created["id"].as_str().expect("it has an id"));
        client.command(&path, &[]).await;
        if is_over.load(Ordering::Relaxed) {
            return;
        }
    }
}

/// Up to `most`, at random.
fn random(most: u64) -> u64 {
    fastrand::u64(..=most)
}

/// Reads on from `last` until it is cut off: after some events, and some milliseconds at most.
async fn read_on(router: &Router, last: Option<&str>, seen: &mut Vec<Received>) {
    let headers = last.map(|last| ("last-event-id", last));
    let mut reading = Reading::begin(router, headers.as_slice()).await;
    let reads = async {
        for _ in 0..=random(40) {
            let event = reading.next().await.expect("it goes on for five minutes");
            // The first has no data: it says where the stream begins.
            if event.data.is_some() {
                seen.push(event);
            }
        }
    };
    let _ = timeout(Duration::from_millis(random(200)), reads).await;
}

/// The number of the user's last event.
async fn end(app: &TestApp, user: UserId) -> u64 {
    let seq: Option<i64> = sqlx::query_scalar("SELECT seq FROM log_heads WHERE user_id = $1")
        .bind(user.0)
        .fetch_optional(&app.database().pool())
        .await
        .expect("the database is there");
    seq.unwrap_or_default().cast_unsigned()
}

fn number(event: &Received) -> u64 {
    let sequence = event.data.as_ref().and_then(|event| event["sequence"].as_str());
    sequence.and_then(|number| number.parse().ok()).expect("it is numbered")
}

#[tokio::test(flavor = "multi_thread")]
async fn reader_that_is_cut_off_at_random_and_resumes_sees_every_event_of_its_user_once() {
    let app = TestApp::start().await;
    let (router, _stop) = router(&app.app());
    let somebody_else = [create_task::function(app.app()), complete_task::function(app.app())];
    let somebody_else = app.serve_as(SOMEBODY_ELSE, somebody_else);
    let is_over = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        // One of them writes for somebody else.
        let client = if writer == 0 {
            somebody_else.clone()
        } else {
            Client::new(router.clone())
        };
        writers.spawn(write(client, writer, Arc::clone(&is_over)));
    }
    let told = Arc::clone(&is_over);
    writers.spawn(async move {
        sleep(length()).await;
        told.store(true, Ordering::Relaxed);
    });

    let (mut seen, mut legs): (Vec<Received>, _) = (Vec::new(), 0);
    while !writers.is_empty() || seen.last().map_or(0, number) < end(&app, UserId::LOCAL).await {
        let last = seen.last().map(|event| event.id.clone());
        read_on(&router, last.as_deref(), &mut seen).await;
        legs += 1;
        while let Some(written) = writers.try_join_next() {
            written.expect("no writer fails");
        }
    }

    let id = |event: &Value| event["id"].as_str().expect("it has an id").to_owned();
    let seen: Vec<_> = seen.iter().filter_map(|event| event.data.as_ref()).map(id).collect();
    let log = app.events(UserId::LOCAL).await;
    let expected: Vec<_> = log.iter().map(|recorded| recorded.event.id.to_string()).collect();
    assert!(seen == expected, "{} were seen of {}", seen.len(), expected.len());
    assert!(end(&app, SOMEBODY_ELSE).await > 0);
    println!("{} events by {legs} streams", seen.len());
}

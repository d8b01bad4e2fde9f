//! The log as it grows.

use std::time::Duration;

use testing::{Client, TestApp};
use tokio::time::{Instant, timeout};

use crate::{
    create,
    reading::{Reading, Received, router},
    token,
};

#[tokio::test]
async fn stream_begins_with_a_token_and_goes_on_with_what_is_committed() {
    let app = TestApp::start().await;
    let (router, _stop) = router(&app.app());
    let client = Client::new(router.clone());
    create(&client, "one").await;
    let mut reading = Reading::begin(&router, &[]).await;
    let begin = reading.next().await.unwrap();
    assert_eq!((begin.kind.as_str(), begin.data.is_none()), ("", true));
    let one = reading.next().await.unwrap();
    assert_eq!((one.title(), one.kind.as_str()), ("one", "todo.task.created"));
    create(&client, "two").await;
    assert_eq!(reading.next().await.unwrap().title(), "two");

    // From the very beginning, and from the one event on.
    let mut again = Reading::begin(&router, &[("last-event-id", &begin.id)]).await;
    assert_eq!(again.next().await.unwrap().id, begin.id);
    assert_eq!(again.next().await.unwrap(), one);
    let mut later = Reading::begin(&router, &[("last-event-id", &one.id)]).await;
    later.next().await.unwrap();
    assert_eq!(later.next().await.unwrap().title(), "two");
}

#[tokio::test]
async fn client_that_was_cut_off_goes_on_from_there_whatever_its_address_says() {
    let app = TestApp::start().await;
    let (router, _stop) = router(&app.app());
    let client = Client::new(router.clone());
    create(&client, "one").await;
    let page = client.get("/v1/changes").await.json;
    create(&client, "two").await;
    for since in ["", "?since=latest"] {
        let mut reading = Reading::of(&router, since, &[("last-event-id", token(&page))]).await;
        assert_eq!(reading.next().await.unwrap().id, token(&page));
        assert_eq!(reading.next().await.unwrap().title(), "two");
    }
}

#[tokio::test]
async fn stream_is_not_gathered_on_its_way_and_says_how_soon_to_come_back() {
    let app = TestApp::start().await;
    let (router, _stop) = router(&app.app());
    let mut reading = Reading::begin(&router, &[]).await;
    assert_eq!(reading.headers["cache-control"], "no-store");
    assert_eq!(reading.headers["x-accel-buffering"], "no");
    assert_eq!(reading.next().await.unwrap().retry, "1000");
}

#[tokio::test]
async fn stream_ends_when_the_process_is_told_to_stop() {
    let app = TestApp::start().await;
    let (router, stop) = router(&app.app());
    let mut reading = Reading::begin(&router, &[]).await;
    reading.next().await.unwrap();
    stop.cancel();
    assert_eq!(reading.next().await, None);
}

#[tokio::test]
async fn stream_ends_when_the_era_does() {
    let app = TestApp::start().await;
    let (router, _stop) = router(&app.app());
    let client = Client::new(router.clone());
    let mut reading = Reading::begin(&router, &[]).await;
    reading.next().await.unwrap();
    let mut session = app.app().database.session().await.unwrap();
    storage::installation::renew_era(&mut session).await.unwrap();
    create(&client, "one").await;
    assert_eq!(reading.next().await, None);
}

#[tokio::test]
async fn stream_ends_with_the_era_though_its_log_went_back() {
    let app = TestApp::start().await;
    let (router, _stop) = router(&app.app());
    let client = Client::new(router.clone());
    for title in ["one", "two"] {
        create(&client, title).await;
    }
    let latest = client.get("/v1/changes?since=latest").await.json;
    let mut reading = Reading::begin(&router, &[("last-event-id", token(&latest))]).await;
    reading.next().await.unwrap();
    assert!(
        timeout(Duration::from_millis(100), reading.next()).await.is_err(),
        "it is idle"
    );
    // A restore that lost both.
    for lost in ["DELETE FROM events", "UPDATE log_heads SET seq = 0, published_seq = 0"] {
        sqlx::query(lost).execute(&app.database().pool()).await.unwrap();
    }
    let mut session = app.app().database.session().await.unwrap();
    storage::installation::renew_era(&mut session).await.unwrap();
    create(&client, "three").await;
    let ended = timeout(Duration::from_secs(30), reading.next()).await;
    assert_eq!(ended, Ok(None));
}

/// The clock that streams are kept alive and ended by goes by itself here, as fast as nothing else happens.
#[tokio::test]
async fn idle_stream_is_kept_alive_and_ends_after_five_minutes() {
    let app = TestApp::start().await;
    let (router, _stop) = router(&app.app());
    create(&Client::new(router.clone()), "one").await;
    let mut reading = Reading::begin(&router, &[]).await;
    reading.next().await.unwrap();
    reading.next().await.unwrap();
    tokio::time::pause();
    let began = Instant::now();
    // In quarters of a minute, as near as timers are.
    let passed = || (began.elapsed().as_millis() + 7_500) / 15_000;
    let mut comments = Vec::new();
    while let Some(comment) = reading.next().await {
        assert_eq!(comment, Received::default());
        comments.push(passed());
    }
    // The last one may come before the end or not.
    assert_eq!(
        (&comments[..19], passed()),
        (&(1..20).collect::<Vec<_>>()[..], 20),
        "{comments:?}"
    );
}

#[tokio::test]
async fn user_has_so_many_streams_and_each_that_ends_makes_room() {
    let app = TestApp::start().await;
    let (router, _stop) = router(&app.app());
    let mut readings = Vec::new();
    for _ in 0..20 {
        readings.push(Reading::begin(&router, &[]).await);
    }
    let client = Client::new(router.clone());
    let refused = client.get_with("/v1/changes", &[("accept", "text/event-stream")]).await;
    assert_eq!(
        (refused.problem(), refused.header("retry-after")),
        ("rate-limited", "300")
    );
    assert_eq!(client.get("/v1/changes").await.status, 200);
    readings.pop();
    Reading::begin(&router, &[]).await;
}

#[tokio::test]
async fn streams_are_for_this_path_only() {
    let app = TestApp::start().await;
    let (router, _stop) = router(&app.app());
    let client = Client::new(router);
    let refused = client.get_with("/v1/tasks", &[("accept", "text/event-stream")]).await;
    assert_eq!(refused.status, 406);
    let refused = client
        .get_with("/v1/changes?limit=3", &[("accept", "text/event-stream")])
        .await;
    assert_eq!(refused.faults(), ["limit"]);
    let headers = [("accept", "text/event-stream"), ("last-event-id", "x")];
    assert_eq!(
        client.get_with("/v1/changes", &headers).await.faults(),
        ["last-event-id"]
    );
}

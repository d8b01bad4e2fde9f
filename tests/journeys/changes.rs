//! Following what happens.

use serde_json::{Value, json};

use crate::{Api, Users, steps::path};

/// Changes are numbered from 1 on without gaps, by whatever pages they are read.
pub async fn changes_are_paged_in_their_order(users: &Users) {
    let api = users.named("alice");
    for title in ["one", "two", "three"] {
        create(&api, title).await;
    }
    let latest = api.get("/v1/changes?since=latest").await.done();
    assert_eq!(latest["events"], json!([]));
    let fourth = create(&api, "four").await;
    assert_eq!(
        api.command(&format!("{}/complete", path(&fourth)), "done").await.status,
        200
    );

    let events = api.changes(2).await;
    assert_eq!(events, api.changes(200).await);
    let numbers: Vec<_> = events.iter().map(|event| event["sequence"].clone()).collect();
    let expected: Vec<_> = (1..=5).map(|number| json!(format!("{number:020}"))).collect();
    assert_eq!(numbers, expected);
    let token = latest["next_token"].as_str().expect("it is a token");
    let since = api.get(&format!("/v1/changes?since={token}")).await.done();
    assert_eq!(since["events"].as_array().expect("it is a list"), &events[3..]);
}

/// A stream brings what happens as it happens, and its successor goes on behind it.
pub async fn stream_goes_on_where_it_broke_off(users: &Users) {
    let api = users.named("alice");
    create(&api, "before").await;
    let mut stream = api.stream(None).await;
    create(&api, "heard").await;
    create(&api, "unheard").await;
    assert_eq!(stream.next().await["data"]["title"], "heard");
    let last = stream.last.take();
    drop(stream);
    create(&api, "meanwhile").await;

    let mut stream = api.stream(last.as_deref()).await;
    create(&api, "afterwards").await;
    for title in ["unheard", "meanwhile", "afterwards"] {
        assert_eq!(stream.next().await["data"]["title"], title);
    }
}

async fn create(api: &Api, title: &str) -> Value {
    api.post("/v1/tasks", &json!({"title": title})).await.done()
}

//! Whatever is delivered: taken, or a dead letter; nothing that a dispatcher would make something else of.

use domain::UserId;
use events::EventType;
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, TestCaseError, TestRunner},
};
use testing::{Client, event};
use tokio::{runtime::Handle, task::block_in_place};

use crate::World;

fn headers() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    const NAMES: [&str; 8] = [
        "content-type",
        "ce-specversion",
        "ce-id",
        "ce-source",
        "ce-type",
        "ce-time",
        "ce-subject",
        "ce-x",
    ];
    const VALUES: [&str; 15] = [
        "application/json",
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
        "text/plain",
        "",
        "1.0",
        "0.3",
        "2.0",
        "7",
        "/somewhere",
        "todo.task.completed",
        "not a time",
        "%F0%9F%98%80",
        "\"",
        "a b",
    ];
    vec((select(&NAMES[..]), select(&VALUES[..]).prop_map(str::to_owned)), 0..10)
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let whole = event(
        EventType::TaskCompleted,
        UserId::LOCAL,
        "00000000-0000-0000-0000-000000000000",
    );
    let (structured, data) = (whole.to_string().into_bytes(), whole["data"].to_string().into_bytes());
    let cut = |bytes: Vec<u8>| (0..=bytes.len()).prop_map(move |length| bytes[..length].to_vec());
    prop_oneof![
        Just(structured.clone()),
        cut(structured),
        Just(data.clone()),
        cut(data),
        vec(any::<u8>(), 0..100)
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn nothing_is_answered_but_taken_or_never() {
    let world = World::start().await;
    let client = Client::of_reaction(&world.reaction);
    let config = Config {
        cases: 2_000,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = block_in_place(|| {
        TestRunner::new(config).run(&(headers(), body()), |(headers, body)| {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let reply = Handle::current().block_on(client.post_raw("/", &headers, body));
            match reply.status.as_u16() {
                204 | 422 => Ok(()),
                _ => Err(TestCaseError::fail(format!("{reply:?}"))),
            }
        })
    });
    outcome.unwrap();
    assert_eq!(world.events().await, 0);
}

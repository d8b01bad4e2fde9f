//! What the endpoint takes for an event, and what its answers make of delivery: 422 is a dead letter, 503 is tried
//! again, and there is nothing else.

use axum::body::Body;
use domain::UserId;
use events::EventType;
use http::Request;
use serde_json::{Value, json};
use testing::{Client, Reply, event};

use crate::{World, daily};

const LIMIT: usize = 1024 * 1024;

/// The headers of an event in binary mode, without content type.
fn binary() -> Vec<(&'static str, &'static str)> {
    vec![
        ("ce-specversion", "1.0"),
        ("ce-id", "7"),
        ("ce-source", "/somewhere"),
        ("ce-type", "todo.task.completed"),
    ]
}

/// The reaction, with a completion that awaits its successor.
async fn start() -> (World, Client, Value) {
    let world = World::start().await;
    let completed = world.completed(daily()).await;
    let client = Client::of_reaction(&world.reaction);
    let event = event(
        EventType::TaskCompleted,
        UserId::LOCAL,
        completed.task["id"].as_str().expect("it has an id"),
    );
    (world, client, event)
}

async fn structured(client: &Client, content_type: &str, body: &Value) -> Reply {
    client
        .post_raw("/", &[("content-type", content_type)], body.to_string())
        .await
}

#[tokio::test]
async fn event_without_content_type_is_taken() {
    let (world, client, event) = start().await;
    let reply = client.post_raw("/", &binary(), event["data"].to_string()).await;
    assert_eq!(reply.status, 204, "{reply:?}");
    assert_eq!(world.events().await, 4);
}

/// What is left of an event once its data was erased: nothing to do, and no dead letter.
#[tokio::test]
async fn erased_event_is_done_with() {
    let (world, client, _) = start().await;
    let reply = client.post_raw("/", &binary(), "null").await;
    assert_eq!(reply.status, 204, "{reply:?}");
    assert_eq!(world.events().await, 2);
}

#[tokio::test]
async fn media_type_is_read_without_regard_to_case() {
    let (world, client, event) = start().await;
    let reply = structured(&client, "Application/CloudEvents+JSON; charset=UTF-8", &event).await;
    assert_eq!(reply.status, 204, "{reply:?}");
    assert_eq!(world.events().await, 4);
}

#[tokio::test]
async fn binary_mode_takes_json_whatever_its_media_type_is_called() {
    for content_type in [
        "application/json",
        "APPLICATION/JSON",
        "application/vnd.dormouse+json",
        "text/json",
    ] {
        let (world, client, event) = start().await;
        let headers = [binary(), vec![("content-type", content_type)]].concat();
        let reply = client.post_raw("/", &headers, event["data"].to_string()).await;
        assert_eq!(
            (reply.status.as_u16(), world.events().await),
            (204, 4),
            "{content_type}: {reply:?}"
        );
    }
}

#[tokio::test]
async fn event_of_another_kind_is_not_for_it_and_one_of_no_kind_can_never_work() {
    let (world, client, mut event) = start().await;
    event["type"] = "todo.task.created".into();
    assert_eq!(client.post_event(&event).await.status, 204);
    event["type"] = "com.example.unheard.of".into();
    assert_eq!(client.post_event(&event).await.status, 422);
    assert_eq!(world.events().await, 2);
}

#[tokio::test]
async fn event_without_readable_subject_can_never_work() {
    let (world, client, event) = start().await;
    let datas = [
        json!({}),
        json!([]),
        json!("x"),
        json!({"user_id": UserId::LOCAL.to_string()}),
        json!({"user_id": UserId::LOCAL.to_string(), "task_id": "x"}),
        json!({"user_id": 1, "task_id": event["data"]["task_id"]}),
    ];
    for data in datas {
        let mut event = event.clone();
        event["data"] = data.clone();
        let reply = client.post_event(&event).await;
        assert_eq!(reply.status, 422, "{data}: {reply:?}");
        let reply = client.post_raw("/", &binary(), data.to_string()).await;
        assert_eq!(reply.status, 422, "{data}: {reply:?}");
    }
    let reply = client.post_raw("/", &binary(), "").await;
    assert_eq!(reply.status, 422);
    assert_eq!(world.events().await, 2);
}

#[tokio::test]
async fn what_is_no_event_can_never_work() {
    let (world, client, event) = start().await;
    let batch = json!([event]);
    for (content_type, body) in [
        ("application/cloudevents-batch+json", &batch),
        ("application/cloudevents+json", &batch),
        ("application/cloudevents+json", &json!({})),
        ("application/cloudevents+json", &json!("garbage")),
        ("application/cloudevents+avro", &event),
        ("application/json", &event),
    ] {
        let reply = structured(&client, content_type, body).await;
        assert_eq!(reply.status, 422, "{content_type} {body}: {reply:?}");
    }
    let mut future = event.clone();
    future["specversion"] = "9.9".into();
    assert_eq!(client.post_event(&future).await.status, 422);
    for missing in 0..4 {
        let mut headers = binary();
        headers.remove(missing);
        let reply = client.post_raw("/", &headers, event["data"].to_string()).await;
        assert_eq!(reply.status, 422, "without {:?}", binary()[missing]);
    }
    assert_eq!(world.events().await, 2);
}

#[tokio::test]
async fn bytes_that_are_no_text_can_never_work() {
    let (_world, client, _) = start().await;
    for headers in [binary(), vec![("content-type", "application/cloudevents+json")]] {
        for body in [
            b"\xff\xfe{}".to_vec(),
            b"{".to_vec(),
            vec![0; 1_000],
            b"[".repeat(100_000),
        ] {
            assert_eq!(client.post_raw("/", &headers, body).await.status, 422);
        }
    }
}

#[tokio::test]
async fn event_above_the_limit_can_never_work_and_one_at_the_limit_is_taken() {
    let (world, client, event) = start().await;
    let of_length = |length: usize| {
        let data = event["data"].to_string();
        let blank = " ".repeat(length - data.len());
        format!("{data}{blank}")
    };
    assert_eq!(client.post_raw("/", &binary(), of_length(LIMIT + 1)).await.status, 422);
    let unannounced = |length: usize| {
        let request = binary().iter().fold(Request::post("/"), |request, (name, value)| {
            request.header(*name, *value)
        });
        request.body(Body::from(of_length(length))).unwrap()
    };
    assert_eq!(client.send(unannounced(LIMIT + 1)).await.status, 422);
    assert_eq!(world.events().await, 2);
    assert_eq!(client.send(unannounced(LIMIT)).await.status, 204);
    assert_eq!(world.events().await, 4);
}

#[tokio::test]
async fn unknown_attributes_and_members_are_ignored() {
    let (world, client, mut event) = start().await;
    event["knativekafkaoffset"] = 5.into();
    event["data"]["from_the_future"] = json!({"x": [1]});
    assert_eq!(client.post_event(&event).await.status, 204);
    assert_eq!(world.events().await, 4);
}

#[tokio::test]
async fn event_is_tried_again_while_the_database_is_away() {
    let mut app = testing::TestApp::start().await.app();
    let nowhere: storage::PgConnectOptions = "postgres://nobody@127.0.0.1:1/none".parse().unwrap();
    app.database = storage::Database::lazy(nowhere, 1, storage::Pooler::None);
    let client = Client::of_reaction(&on_task_completed::function(app));
    let event = event(
        EventType::TaskCompleted,
        UserId::LOCAL,
        "00000000-0000-0000-0000-000000000000",
    );
    assert_eq!(client.post_event(&event).await.status, 503);
}

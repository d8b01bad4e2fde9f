//! Events reach functions in one process as they do over HTTP.

use domain::UserId;
use http::StatusCode;
use testing::TestApp;

use crate::support::{Seen, answering, deliver};

#[tokio::test]
async fn events_carry_the_headers_of_cloud_events() {
    let app = TestApp::start().await;
    let task = app.create_for(UserId::LOCAL, "x").await;
    let recorded = app.events(UserId::LOCAL).await.remove(0);
    let seen = Seen::default();
    let delivery = deliver(&app, &[answering(&seen, "", StatusCode::OK)]).await;

    seen.comes("x").await;
    delivery.stop().await;

    let delivered = seen.all().remove(0);
    let source = format!("/dormouse/{}", app.installation().await);
    let expected = [
        ("ce-specversion", "1.0"),
        ("ce-id", &recorded.event.id.to_string()),
        ("ce-source", &source),
        ("ce-type", "todo.task.created"),
        ("ce-subject", &task.id.to_string()),
        ("ce-time", "2026-11-23T08:00:00.000000Z"),
        ("ce-dataschema", "urn:dormouse:event:todo.task.created:1"),
        ("ce-sequence", "00000000000000000001"),
        ("ce-partitionkey", &UserId::LOCAL.to_string()),
        ("ce-traceparent", recorded.event.traceparent.as_deref().unwrap()),
        ("content-type", "application/json"),
    ];
    for (name, value) in expected {
        assert_eq!(delivered.headers.get(name).unwrap(), value, "{name}");
    }
    assert_eq!(delivered.data.to_string(), {
        let data: serde_json::Value = serde_json::from_str(&recorded.event.data).unwrap();
        data.to_string()
    });
}

#[tokio::test]
async fn each_user_gets_events_in_order() {
    let app = TestApp::start().await;
    let titles: Vec<_> = (0..250).map(|number| format!("number {number}")).collect();
    for title in &titles {
        app.create_for(UserId::LOCAL, title).await;
    }
    let seen = Seen::default();
    let delivery = deliver(&app, &[answering(&seen, "", StatusCode::OK)]).await;

    seen.comes("number 249").await;
    delivery.stop().await;

    assert_eq!(seen.titles(), titles);
}

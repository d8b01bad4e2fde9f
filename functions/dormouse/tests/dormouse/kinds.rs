//! Every kind of event, as it really happens.

use std::collections::BTreeSet;

use events::EventType;
use serde_json::json;
use testing::TestApp;

use crate::walk::Somebody;

#[tokio::test]
async fn events_of_every_kind_are_as_the_document_says() {
    let app = TestApp::start().await;
    let ann = Somebody::settle(&app, "ann").await;
    let task = format!("/v1/tasks/{}", ann.task);
    ann.client.patch(&task, json!({"title": "Call Ann"})).await;
    ann.client.command(&format!("{task}/complete"), &[]).await;
    let events = app.events(ann.user).await;
    let is_completion = |kind| kind == EventType::TaskCompleted;
    let completed = events.iter().rfind(|event| is_completion(event.event.kind));
    let reaction = on_task_completed::function(app.app());
    let status = app.deliver(&reaction, completed.expect("it was completed")).await;
    assert!(status.is_success());
    ann.client.command(&format!("{task}/reopen"), &[]).await;
    ann.client.delete(&task, &[]).await;
    ann.client.command(&format!("{task}/restore"), &[]).await;
    let notification = format!("/v1/notifications/{}", ann.notification);
    ann.client.command(&format!("{notification}/read"), &[]).await;

    // Reading them holds each to the document.
    let kinds: BTreeSet<_> = app
        .events(ann.user)
        .await
        .iter()
        .map(|event| event.event.kind)
        .collect();
    assert_eq!(kinds, EventType::ALL.iter().copied().collect());
}

//! One trace from the request through the log to the event's handler.

use domain::UserId;
use testing::{TaskBody, TestApp};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

async fn traceparent_after(header: Option<&str>) -> String {
    let app = TestApp::start().await;
    let client = app.serve(create_task::function(app.app()));
    let headers: Vec<_> = header.map(|value| ("traceparent", value)).into_iter().collect();
    assert_eq!(
        client
            .post_with("/v1/tasks", &headers, TaskBody::titled("x"))
            .await
            .status,
        201
    );
    let events = app.events(UserId::LOCAL).await;
    events[0].event.traceparent.clone().expect("every event has one")
}

#[tokio::test]
async fn event_is_in_the_trace_of_its_request() {
    let sent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let kept = traceparent_after(Some(&sent)).await;
    assert!(
        kept.starts_with(&format!("00-{TRACE}-")) && kept.ends_with("-01"),
        "{kept}"
    );
    assert_ne!(kept, sent, "the function has a span of its own");
}

#[tokio::test]
async fn decision_not_to_sample_is_passed_on() {
    let kept = traceparent_after(Some(&format!("00-{TRACE}-00f067aa0ba902b7-00"))).await;
    assert!(
        kept.starts_with(&format!("00-{TRACE}-")) && kept.ends_with("-00"),
        "{kept}"
    );
}

#[tokio::test]
async fn request_without_a_readable_trace_begins_one() {
    for header in [
        None,
        Some("garbage"),
        Some("00-00000000000000000000000000000000-00f067aa0ba902b7-01"),
    ] {
        let kept = traceparent_after(header).await;
        assert_eq!(kept.len(), 55, "{kept}");
        assert!(!kept.contains("00000000000000000000000000000000"));
    }
}

#[tokio::test]
async fn what_an_event_causes_stays_in_its_trace() {
    let app = TestApp::start().await;
    let client = app.serve_all([create_task::function(app.app()), complete_task::function(app.app())]);
    let body = TaskBody::titled("x").due("2026-11-24").repeating("FREQ=DAILY");
    let complete = format!("{}/complete", client.post("/v1/tasks", body).await.header("location"));
    let traceparent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    client.command(&complete, &[("traceparent", &traceparent)]).await;
    let completed = app.latest(events::EventType::TaskCompleted).await;
    let reaction = on_task_completed::function(app.app());
    assert_eq!(app.deliver(&reaction, &completed).await, 204);

    let events = app.events(UserId::LOCAL).await;
    assert_eq!(events.len(), 4);
    for event in &events[1..] {
        let kept = event.event.traceparent.as_deref().unwrap();
        assert!(kept.starts_with(&format!("00-{TRACE}-")), "{kept}");
    }
}

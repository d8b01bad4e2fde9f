//! What the next occurrence is.

use domain::{ReminderId, TaskId, UserId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{World, daily};

#[tokio::test]
async fn next_occurrence_is_made_of_the_template_at_the_next_date() {
    let world = World::start().await;
    let body = daily()
        .with("description", "Balcony too")
        .with("priority", "high")
        .with("tags", vec!["home"])
        .reminded("-PT30M")
        .reminded_at("2026-11-24T06:00:00Z")
        .reminded("-P7D");
    let completed = world.completed(body).await;
    world.deliver().await;

    let next = world.next(&completed, 2).await.unwrap();
    let id = TaskId::of_occurrence(completed.series(), 2);
    let reminder = |position| ReminderId::of_template(id, position).to_string();
    assert_eq!(
        next,
        json!({
            "id": id.to_string(), "title": "Water the plants", "description": "Balcony too", "status": "pending",
            "priority": "high", "tags": ["home"], "due_date": "2026-11-25T09:00:00", "time_zone": "Europe/Berlin",
            "due_at": "2026-11-25T08:00:00Z", "recurrence_rule": "FREQ=DAILY", "recurrence_mode": "schedule",
            "exceptions": [], "additions": [], "series_id": completed.task["series_id"], "occurrence": 2,
            "scheduled_for": "2026-11-25T09:00:00",
            "reminders": [
                {"id": reminder(0), "offset": "-PT30M", "fire_at": "2026-11-25T07:30:00Z", "state": "scheduled"},
                // What was given as an instant keeps its distance from due.
                {"id": reminder(1), "offset": "-PT2H", "fire_at": "2026-11-25T06:00:00Z", "state": "scheduled"},
                // Its moment is past, so it comes at once.
                {"id": reminder(2), "offset": "-P7D", "fire_at": "2026-11-23T08:00:00Z", "state": "scheduled"},
            ],
            "version": 1, "created_at": "2026-11-23T08:00:00Z", "updated_at": "2026-11-23T08:00:00Z",
            "completed_at": null, "deleted_at": null,
        })
    );
    world.nothing_is_awaited().await;
    world.app.verify_log().await;
}

#[tokio::test]
async fn next_occurrence_is_recorded_twice_as_a_task_and_as_a_link_of_its_series() {
    let world = World::start().await;
    let completed = world.completed(daily()).await;
    world.deliver().await;

    let next = world.next(&completed, 2).await.unwrap();
    let events = world.app.events(UserId::LOCAL).await;
    let kinds: Vec<_> = events.iter().map(|event| event.event.kind.as_str()).collect();
    let wanted = [
        "todo.task.created",
        "todo.task.completed",
        "todo.task.created",
        "todo.recurring.next_created",
    ];
    assert_eq!(kinds, wanted);
    for event in &events[2..] {
        let data: Value = serde_json::from_str(&event.event.data).unwrap();
        assert_eq!(data["task"], next);
        assert_eq!(event.event.task_id.to_string(), next["id"].as_str().unwrap());
    }
    let link: Value = serde_json::from_str(&events[3].event.data).unwrap();
    assert_eq!(link["series_id"], completed.task["series_id"]);
    assert_eq!(link["occurrence"], 2);
    assert_eq!(link["previous_task_id"], completed.task["id"]);
    world.app.verify_log().await;
}

#[tokio::test]
async fn everything_about_it_is_written_in_one_transaction() {
    let world = World::start().await;
    world.completed(daily().reminded("-PT5M")).await;
    world.deliver().await;
    let transactions = "SELECT count(DISTINCT x)::bigint FROM (
        SELECT xmin::text AS x FROM events WHERE seq > 2 UNION ALL SELECT xmin::text FROM tasks
        UNION ALL SELECT xmin::text FROM series UNION ALL SELECT xmin::text FROM log_heads
        UNION ALL SELECT r.xmin::text FROM reminders r JOIN tasks t ON t.id = r.task_id WHERE t.occurrence = 2) written";
    assert_eq!(world.number(transactions).await, 1);
}

#[tokio::test]
async fn its_events_stay_in_the_trace_of_the_request_that_completed() {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let world = World::start().await;
    let id = world.create(daily()).await["id"].as_str().unwrap().to_owned();
    let traceparent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let complete = format!("/v1/tasks/{id}/complete");
    world.client.command(&complete, &[("traceparent", &traceparent)]).await;
    world.deliver().await;

    let traces: Vec<Option<String>> = sqlx::query_scalar("SELECT traceparent FROM events WHERE seq > 1 ORDER BY seq")
        .fetch_all(&world.app.database().pool())
        .await
        .unwrap();
    assert_eq!(traces.len(), 3);
    for trace in &traces {
        assert_eq!(
            trace.as_deref().and_then(|text| text.split('-').nth(1)),
            Some(TRACE),
            "{traces:?}"
        );
    }
    assert_ne!(traces[0], traces[1], "the reaction has a span of its own");
}

#[tokio::test]
async fn chain_goes_on_from_occurrence_to_occurrence() {
    let world = World::start().await;
    let first = world.completed(daily()).await;
    for (number, date) in [
        (2, "2026-11-25T09:00:00"),
        (3, "2026-11-26T09:00:00"),
        (4, "2026-11-27T09:00:00"),
    ] {
        world.deliver().await;
        assert_eq!(world.next(&first, number).await.unwrap()["due_date"], date);
        world.complete(&first.next_path(number)).await;
    }
    world.app.verify_log().await;
}

#[tokio::test]
async fn ids_do_not_hang_on_the_clock() {
    let world = World::start().await;
    let completed = world.completed(daily()).await;
    world.deliver().await;
    let id: Uuid = world.next(&completed, 2).await.unwrap()["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(id.get_version_num(), 5);
}

//! Examples, which tests hold to their schemas.

use serde_json::{Value, json};

/// A task that is to be created: every week, with a reminder a quarter of an hour before.
#[must_use]
pub fn new_task() -> Value {
    json!({
        "title": "Water the plants",
        "description": "Balcony too",
        "priority": "medium",
        "tags": ["home"],
        "due_date": "2030-12-02T09:00",
        "time_zone": "Europe/Berlin",
        "recurrence_rule": "FREQ=WEEKLY;BYDAY=MO",
        "reminders": [{"offset": "-PT15M"}]
    })
}

/// Another priority, and no tags.
#[must_use]
pub fn task_patch() -> Value {
    json!({"priority": "high", "tags": null})
}

/// What becomes of [`new_task`].
#[must_use]
pub fn task() -> Value {
    json!({
        "id": "019ab0a4-8f60-7c15-9e55-5d0a8a4b2c11",
        "title": "Water the plants",
        "description": "Balcony too",
        "status": "pending",
        "priority": "medium",
        "tags": ["home"],
        "due_date": "2030-12-02T09:00:00",
        "time_zone": "Europe/Berlin",
        "due_at": "2030-12-02T08:00:00Z",
        "recurrence_rule": "FREQ=WEEKLY;BYDAY=MO",
        "recurrence_mode": "schedule",
        "exceptions": [],
        "additions": [],
        "series_id": "019ab0a4-8f60-7c15-9e55-5d1f6e0a7b32",
        "occurrence": 1,
        "scheduled_for": "2030-12-02T09:00:00",
        "reminders": [{
            "id": "019ab0a4-8f60-7c15-9e55-5d2b33c4d5e6",
            "offset": "-PT15M",
            "fire_at": "2030-12-02T07:45:00Z",
            "state": "scheduled"
        }],
        "version": 1,
        "created_at": "2030-11-25T08:00:00Z",
        "updated_at": "2030-11-25T08:00:00Z",
        "completed_at": null,
        "deleted_at": null
    })
}

/// A page of one task.
#[must_use]
pub fn task_page() -> Value {
    json!({"items": [task()], "next_cursor": null})
}

/// A rule to look at.
#[must_use]
pub fn preview_request() -> Value {
    json!({
        "due_date": "2030-12-02T09:00",
        "time_zone": "Europe/Berlin",
        "recurrence_rule": "FREQ=WEEKLY;BYDAY=MO",
        "count": 2
    })
}

/// What it would give.
#[must_use]
pub fn preview() -> Value {
    json!({
        "canonical": "FREQ=WEEKLY;BYDAY=MO",
        "description": "every Monday at 09:00",
        "occurrences": [
            {"due_date": "2030-12-02T09:00:00", "due_at": "2030-12-02T08:00:00Z", "note": null},
            {"due_date": "2030-12-09T09:00:00", "due_at": "2030-12-09T08:00:00Z", "note": null}
        ],
        "ends": "never"
    })
}

/// A notification that was not read.
#[must_use]
pub fn notification() -> Value {
    json!({
        "id": "6f7c3c0e-94e1-5a3c-8d9b-0f3f0c1d2e4a",
        "task_id": "019ab0a4-8f60-7c15-9e55-5d0a8a4b2c11",
        "kind": "reminder",
        "title": "Water the plants",
        "remind_at": "2030-12-02T07:45:00Z",
        "fired_at": "2030-12-02T07:45:00.004Z",
        "late_ms": 4,
        "read_at": null,
        "created_at": "2030-12-02T07:45:00.012Z"
    })
}

/// A page of one notification.
#[must_use]
pub fn notification_page() -> Value {
    json!({"items": [notification()], "next_cursor": null})
}

/// To be reminded again in ten minutes.
#[must_use]
pub fn snooze() -> Value {
    json!({"for": "PT10M"})
}

/// The creation of [`task`].
#[must_use]
pub fn task_event() -> Value {
    event("todo.task.created", &json!({}))
}

/// A reminder of [`task`] that came.
#[must_use]
pub fn reminder_event() -> Value {
    let details = json!({
        "reminder_id": "019ab0a4-8f60-7c15-9e55-5d2b33c4d5e6",
        "generation": 1,
        "remind_at": "2030-12-02T07:45:00Z",
        "fired_at": "2030-12-02T07:45:00.004Z"
    });
    event("todo.reminder.due", &details)
}

/// The next occurrence of a series.
#[must_use]
pub fn series_event() -> Value {
    let details = json!({
        "series_id": "019ab0a4-8f60-7c15-9e55-5d1f6e0a7b32",
        "occurrence": 2,
        "previous_task_id": "019ab0a4-8f60-7c15-9e55-5d0a8a4b2c11"
    });
    event("todo.recurring.next_created", &details)
}

/// The making of [`notification`].
#[must_use]
pub fn notification_event() -> Value {
    event("todo.notification.created", &json!({"notification": notification()}))
}

/// A page of a log.
#[must_use]
pub fn changes() -> Value {
    json!({"events": [task_event()], "next_token": "q1pQ0m7xk0xbMSwxXQ", "more": false})
}

/// A page of a task's history.
#[must_use]
pub fn history() -> Value {
    json!({"items": [task_event()], "next_cursor": null})
}

/// The same page as server-sent events.
pub const STREAM: &str = "id: q1pQ0m7xk0xbMSwxXQ\nretry: 1000\n\n\
    id: 7cJ2qkq1n5RbMSwyXQ\nevent: todo.task.created\ndata: {\"specversion\":\"1.0\",\"type\":\"todo.task.created\",…}\n\n";

fn event(kind: &str, details: &Value) -> Value {
    let task = task();
    let mut data = json!({
        "user_id": "6c6f6361-6c00-4000-8000-000000000001",
        "task_id": task["id"],
        "title": task["title"],
        "completed": false,
        "changed": [],
        "task": task
    });
    for (name, value) in details.as_object().into_iter().flatten() {
        data[name] = value.clone();
    }
    json!({
        "specversion": "1.0",
        "id": "019ab0a4-8f60-7c15-9e55-5d3a44d5e6f7",
        "source": "/dormouse/019ab0a4-0000-7000-8000-000000000000",
        "type": kind,
        "subject": data["task_id"],
        "time": "2030-11-25T08:00:00.000000Z",
        "datacontenttype": "application/json",
        "dataschema": format!("urn:dormouse:event:{kind}:1"),
        "sequence": "00000000000000000001",
        "partitionkey": data["user_id"],
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "data": data
    })
}

//! What a client gets back.

use serde_json::json;
use testing::TaskBody;

use crate::start;

#[tokio::test]
async fn new_task_is_answered_whole_with_its_place_and_version() {
    let (app, client) = start().await;
    let reply = client.post("/v1/tasks", TaskBody::titled("Water the plants")).await;

    assert_eq!(reply.status, 201, "{reply:?}");
    assert_eq!(reply.header("location"), format!("/v1/tasks/{}", reply.id()));
    assert_eq!(reply.header("etag"), "\"1\"");
    assert_eq!(
        reply.json,
        json!({
            "id": reply.id(), "title": "Water the plants", "description": "", "status": "pending",
            "priority": "medium", "tags": [], "due_date": null, "time_zone": "UTC", "due_at": null,
            "recurrence_rule": null, "recurrence_mode": null, "exceptions": [], "additions": [],
            "series_id": null, "occurrence": null, "scheduled_for": null, "reminders": [], "version": 1,
            "created_at": "2026-11-23T08:00:00Z", "updated_at": "2026-11-23T08:00:00Z",
            "completed_at": null, "deleted_at": null,
        })
    );
    assert_eq!(app.kinds().await, ["todo.task.created"]);
    app.verify_log().await;
}

//! What repeats.

use serde_json::json;
use testing::eventually;

use crate::{Users, moment::days_ahead, steps::path};

/// Completing cancels reminders and brings the next one; reopening takes that back.
pub async fn reopening_takes_the_next_one_back(users: &Users) {
    let api = users.named("alice");
    let body = json!({"title": "Water", "due_date": format!("{}T09:00:00", days_ahead(2)),
                      "recurrence_rule": "FREQ=DAILY", "reminders": [{"offset": "-PT30M"}]});
    let first = api.post("/v1/tasks", &body).await.done();
    let complete = format!("{}/complete", path(&first));
    let done = api.command(&complete, "complete").await.done();
    assert_eq!(done["reminders"][0]["state"], "cancelled");
    let second = api.next(2).await;
    assert_eq!(second["due_date"], format!("{}T09:00:00", days_ahead(3)));
    assert_eq!(second["reminders"][0]["state"], "scheduled");

    let reopened = api.command(&format!("{}/reopen", path(&first)), "reopen").await.done();
    assert_eq!(reopened["reminders"][0]["state"], "scheduled");
    assert_eq!(api.next(1).await, reopened);
    assert_eq!(api.get(&path(&second)).await.status, 404);

    assert_eq!(api.command(&complete, "complete-once-more").await.status, 200);
    assert_eq!(api.next(2).await["id"], second["id"]);
}

/// A rule's preview is what becomes of it.
pub async fn preview_is_what_the_series_does(users: &Users) {
    let api = users.named("alice");
    let rule = json!({"due_date": format!("{}T09:00:00", days_ahead(1)), "time_zone": "Europe/Berlin",
                      "recurrence_rule": "FREQ=DAILY;INTERVAL=3;COUNT=3"});
    let preview = api.post("/v1/recurrences/preview", &rule).await.done();
    let mut body = rule.clone();
    body["title"] = json!("Water");
    let mut task = api.post("/v1/tasks", &body).await.done();
    for (occurrence, expected) in (1..).zip(preview["occurrences"].as_array().expect("it is a list")) {
        task = api.next(occurrence).await;
        assert_eq!(
            (&task["due_date"], &task["due_at"]),
            (&expected["due_date"], &expected["due_at"])
        );
        let complete = format!("{}/complete", path(&task));
        assert_eq!(api.command(&complete, "complete").await.status, 200);
    }
    assert_eq!(task["occurrence"], 3);
    eventually("the series has ended", async || api.all("/v1/tasks").await.is_empty()).await;
}

/// A date that is skipped does not come again.
pub async fn skipped_date_does_not_come(users: &Users) {
    let api = users.named("alice");
    let body = json!({"title": "Water", "due_date": days_ahead(1), "recurrence_rule": "FREQ=DAILY"});
    let task = api.post("/v1/tasks", &body).await.done();
    let skipped = api.command(&format!("{}/skip", path(&task)), "skip").await.done();
    assert_eq!(
        (&skipped["id"], &skipped["due_date"]),
        (&task["id"], &json!(days_ahead(2)))
    );
    assert_eq!(skipped["exceptions"], json!([days_ahead(1)]));
    assert_eq!(
        api.command(&format!("{}/complete", path(&task)), "done").await.status,
        200
    );
    assert_eq!(api.next(2).await["due_date"], json!(days_ahead(3)));

    let plain = api.post("/v1/tasks", &json!({"title": "Once"})).await.done();
    let refused = api.command(&format!("{}/skip", path(&plain)), "skip").await;
    assert_eq!((refused.status, refused.problem()), (422, "not-possible"));
}

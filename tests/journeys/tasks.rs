//! A task's life.

use serde_json::{Value, json};

use crate::{
    Users,
    moment::days_ahead,
    steps::{notification, path, remind_at_once},
};

/// What was deleted is gone until it is restored, and reminds again then.
pub async fn deleted_task_comes_back(users: &Users) {
    let api = users.named("alice");
    let body = json!({"title": "Water", "due_date": format!("{}T09:00:00", days_ahead(2)),
                      "reminders": [{"offset": "-PT30M"}]});
    let task = api.post("/v1/tasks", &body).await.done();
    assert_eq!(api.delete(&path(&task)).await.status, 204);
    assert_eq!(api.get(&path(&task)).await.problem(), "not-found");
    assert_eq!(api.patch(&path(&task), &json!({"title": "x"})).await.status, 404);
    assert_eq!(api.all("/v1/tasks").await, [] as [Value; 0]);
    let deleted = api.all("/v1/tasks?deleted=true").await;
    assert_eq!((deleted.len(), &deleted[0]["id"]), (1, &task["id"]));
    assert_eq!(deleted[0]["reminders"][0]["state"], "cancelled");

    let restored = api.command(&format!("{}/restore", path(&task)), "restore").await.done();
    assert_eq!(restored["reminders"][0]["state"], "scheduled");
    assert_eq!(restored["deleted_at"], Value::Null);
    assert_eq!(api.all("/v1/tasks").await, [restored]);
}

/// Everything that happens to a task is in its history, once and in order.
pub async fn history_tells_everything_in_order(users: &Users) {
    let api = users.named("alice");
    let task = remind_at_once(&api, "Stretch").await;
    let reminded = api.notified(1).await.remove(0);
    let task = path(&task);
    assert_eq!(
        api.command(&format!("{}/read", notification(&reminded)), "read")
            .await
            .status,
        200
    );
    assert_eq!(api.patch(&task, &json!({"priority": "high"})).await.status, 200);
    // What is so already is no event.
    for (key, command) in [("1", "complete"), ("2", "complete"), ("3", "reopen")] {
        let answer = api.command(&format!("{task}/{command}"), key).await;
        assert_eq!((answer.status, answer.is_replayed), (200, false));
    }
    assert_eq!(api.delete(&task).await.status, 204);
    assert_eq!(api.command(&format!("{task}/restore"), "restore").await.status, 200);

    let history = api.all_by(&format!("{task}/events"), 3).await;
    let kinds: Vec<_> = history
        .iter()
        .map(|event| event["type"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(
        kinds,
        [
            "todo.task.created",
            "todo.reminder.due",
            "todo.notification.created",
            "todo.notification.read",
            "todo.task.updated",
            "todo.task.completed",
            "todo.task.reopened",
            "todo.task.deleted",
            "todo.task.restored",
        ]
    );
    assert_eq!(history, api.changes(4).await);
}

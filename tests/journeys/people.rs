//! Several people, and everything that one of them may ask for.

use serde_json::{Value, json};

use crate::{
    Answer, Api, Users,
    moment::days_ahead,
    steps::{notification, remind_at_once},
};

/// Every operation is there.
pub async fn every_operation_is_served(users: &Users) {
    let api = users.named("alice");
    let body = json!({"title": "Water", "due_date": days_ahead(9), "recurrence_rule": "FREQ=WEEKLY"});
    let created = api.post_once("/v1/tasks", &body, "key").await;
    let path = format!("/v1/tasks/{}", created.id());
    let rule = json!({"due_date": "2026-11-23", "recurrence_rule": "FREQ=DAILY"});
    let none = "/v1/notifications/00000000-0000-4000-8000-000000000000";
    let answers = [
        created,
        api.get(&path).await,
        api.get("/v1/tasks").await,
        api.patch(&path, &json!({"title": "Water the plants"})).await,
        api.command(&format!("{path}/skip"), "skip").await,
        api.command(&format!("{path}/complete"), "complete").await,
        api.command(&format!("{path}/reopen"), "reopen").await,
        api.delete(&path).await,
        api.get(&path).await,
        api.command(&format!("{path}/restore"), "restore").await,
        api.get(&format!("{path}/events")).await,
        api.get("/v1/changes").await,
        api.post("/v1/recurrences/preview", &rule).await,
        api.get("/v1/notifications").await,
        api.command(&format!("{none}/read"), "read").await,
        api.post(&format!("{none}/snooze"), &json!({"for": "PT1H"})).await,
    ];
    assert_eq!(
        statuses(&answers),
        [
            201, 200, 200, 200, 200, 200, 200, 204, 404, 200, 200, 200, 200, 200, 404, 404
        ]
    );
}

/// Users see and touch nothing of each other, and strangers nothing at all.
pub async fn users_see_nothing_of_each_other(users: &Users) {
    let (alice, bob) = (users.named("alice"), users.named("bob"));
    let body = json!({"title": "Alice's"});
    let task = alice.post_once("/v1/tasks", &body, "key").await;
    assert_eq!(task.status, 201, "{task:?}");
    remind_at_once(&alice, "Alice's, too").await;
    let reminded = notification(&alice.notified(1).await[0]);

    let theirs = ask_for_everything(&bob, &task.id(), &reminded).await;
    assert_eq!(
        statuses(&theirs),
        [404, 404, 404, 404, 404, 404, 404, 404, 200, 200, 201, 200]
    );
    for list in &theirs[8..10] {
        assert_eq!(list.json["items"], json!([]));
    }
    assert!(!theirs[10].is_replayed, "a key is its user's");
    for nobody in [users.stranger(), users.impostor("alice")] {
        let refused = ask_for_everything(&nobody, &task.id(), &reminded).await;
        assert!(refused.iter().all(|answer| answer.status == 401), "{refused:?}");
        assert_eq!(refused[0].problem(), "unauthenticated");
    }

    let found = alice.all("/v1/tasks").await;
    assert_eq!(found.len(), 2);
    assert!(found.contains(&task.json), "{found:?}");
    assert_eq!(alice.notifications().await[0]["read_at"], Value::Null);
    assert_eq!(bob.all("/v1/tasks").await.len(), 1);
    assert_eq!(bob.changes(200).await.len(), 1);
}

/// Whatever may be asked of a task, and of its owner.
async fn ask_for_everything(api: &Api, task: &str, notification: &str) -> Vec<Answer> {
    let task = format!("/v1/tasks/{task}");
    let rule = json!({"due_date": "2026-11-23", "recurrence_rule": "FREQ=DAILY"});
    vec![
        api.get(&task).await,
        api.get(&format!("{task}/events")).await,
        api.patch(&task, &json!({"title": "x"})).await,
        api.delete(&task).await,
        api.command(&format!("{task}/complete"), "complete").await,
        api.command(&format!("{task}/reopen"), "reopen").await,
        api.command(&format!("{notification}/read"), "read").await,
        api.post(&format!("{notification}/snooze"), &json!({"for": "PT1H"}))
            .await,
        api.get("/v1/tasks").await,
        api.get("/v1/notifications").await,
        api.post_once("/v1/tasks", &json!({"title": "x"}), "key").await,
        api.post("/v1/recurrences/preview", &rule).await,
    ]
}

fn statuses(answers: &[Answer]) -> Vec<u16> {
    answers.iter().map(|answer| answer.status).collect()
}

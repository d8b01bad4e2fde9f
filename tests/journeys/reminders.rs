//! Being reminded.

use serde_json::{Value, json};

use crate::{
    Answer, Users,
    moment::{ahead, assert_on_time, days_ahead, instant, now},
    steps::{notification, path, remind_at_once},
};

/// A person is reminded once, and completing what repeats brings the next one.
pub async fn is_reminded_once_and_what_repeats_goes_on(users: &Users) {
    let (api, due) = (users.named("alice"), now().date_naive());
    let body =
        json!({"title": "Water the plants", "due_date": format!("{due}T23:59:59"), "recurrence_rule": "FREQ=DAILY"});
    let (created, moment) = soon(async |moment| {
        let mut body = body.clone();
        body["remind_at"] = moment.into();
        api.post("/v1/tasks", &body).await
    })
    .await;

    let notifications = api.notified(1).await;
    assert!(now() >= instant(&json!(moment)));
    assert_on_time(&notifications[0], &moment);
    assert_eq!(notifications[0]["task_id"], created["id"]);

    let complete = format!("{}/complete", path(&created));
    let done = api.command(&complete, "done").await;
    assert_eq!(done.json["status"], "completed");
    let next = api.next(2).await;
    let tomorrow = due.succ_opt().expect("there is a tomorrow");
    assert_eq!(next["due_date"], format!("{tomorrow}T23:59:59"));
    assert_eq!(next["id"], api.next(2).await["id"]);
    // The next one's own reminder lies as far ahead of its due date.
    assert_eq!(api.notifications().await.len(), 1);
}

/// A reminder that is moved fires at its new moment, and at no other.
pub async fn moved_reminder_fires_at_its_new_moment(users: &Users) {
    let api = users.named("alice");
    let due = days_ahead(2);
    let body = json!({"title": "Call", "due_date": format!("{due}T09:00:00"),
                      "reminders": [{"at": ahead(3_600_000)}, {"offset": "-PT30M"}]});
    let task = api.post("/v1/tasks", &body).await.done();
    let kept = &task["reminders"][1];
    let (changed, moment) = soon(async |moment| {
        let reminders =
            json!([{"id": task["reminders"][0]["id"], "at": moment}, {"id": kept["id"], "offset": "-PT30M"}]);
        api.patch(&path(&task), &json!({"reminders": reminders})).await
    })
    .await;
    assert_eq!(changed["reminders"][1], *kept);

    let notifications = api.notified(1).await;
    assert_eq!(notifications.len(), 1);
    assert_on_time(&notifications[0], &moment);

    let later = json!({"due_date": format!("{due}T10:00:00")});
    let moved = api.patch(&path(&task), &later).await.done();
    assert_eq!(moved["reminders"][1]["fire_at"], format!("{due}T09:30:00Z"));
    assert_eq!(moved["reminders"][1]["state"], "scheduled");
}

/// A reminder that is snoozed fires again, later, as another notification.
pub async fn snoozed_reminder_fires_again(users: &Users) {
    let api = users.named("alice");
    let task = remind_at_once(&api, "Stretch").await;
    let first = api.notified(1).await.remove(0);
    let snooze = format!("{}/snooze", notification(&first));
    let (read, moment) = soon(async |moment| api.post(&snooze, &json!({"until": moment})).await).await;
    assert!(read["read_at"].is_string(), "{read}");

    let notifications = api.notified(2).await;
    assert_eq!(notifications.len(), 2);
    assert_on_time(&notifications[0], &moment);
    assert_eq!(notifications[0]["task_id"], task["id"]);
    assert_eq!(notifications[0]["read_at"], Value::Null);
    assert_eq!(notifications[1]["id"], first["id"]);
}

/// Asks for something at a moment that lies close ahead. Where asking took longer than that, for a function that had to
/// be started, the moment was past and is refused: it is asked again, for a later one.
async fn soon(ask: impl AsyncFn(&str) -> Answer) -> (Value, String) {
    for seconds in [2, 4, 8, 16] {
        let moment = ahead(seconds * 1_000);
        let answer = ask(&moment).await;
        if answer.status != 422 || now() < instant(&json!(moment)) {
            return (answer.done(), moment);
        }
    }
    unreachable!("asking takes for ever")
}

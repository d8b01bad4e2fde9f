//! Nothing runs until it is needed, and nothing does afterwards.

use std::time::Duration;

use journeys::{Api, Users, ahead, assert_on_time, moment::days_ahead};
use rig::cluster::{Cluster, Settings};
use serde_json::json;
use testing::eventually;

/// Longer than anybody looks ahead, so that nobody is awake at first.
const FAR: i64 = 17_000;

async fn rests(cluster: &Cluster) {
    eventually("nothing runs any more", async || cluster.is_idle().await).await;
}

/// Which of these have ever run.
async fn have_run(cluster: &Cluster) -> Vec<&'static str> {
    let mut have_run = Vec::new();
    for function in [
        "create-task",
        "on-task-completed",
        "dispatch-reminders",
        "on-reminder-due",
    ] {
        if cluster.function(function).starts().await > 0 {
            have_run.push(function);
        }
    }
    have_run
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_starts_when_it_is_needed_and_rests_afterwards() {
    let settings = Settings {
        idle: Duration::from_secs(1),
        cooldown: Some(Duration::from_secs(3)),
        ..Settings::default()
    };
    let cluster = Cluster::start(settings).await.unwrap();
    let users = Users::of(
        "rests",
        Api::at(&format!("http://{}", cluster.address().await.unwrap())),
    );
    let api = users.named("alice");
    rests(&cluster).await;
    assert!(have_run(&cluster).await.is_empty());

    // A request.
    let body = json!({"title": "Water", "due_date": days_ahead(2), "recurrence_rule": "FREQ=DAILY"});
    let task = api.post("/v1/tasks", &body).await;
    assert_eq!(task.status, 201);
    rests(&cluster).await;
    assert_eq!(have_run(&cluster).await, ["create-task"]);

    // An event.
    let complete = format!("/v1/tasks/{}/complete", task.id());
    assert_eq!(api.command(&complete, "done").await.status, 200);
    api.next(2).await;
    rests(&cluster).await;
    assert_eq!(have_run(&cluster).await, ["create-task", "on-task-completed"]);

    // A moment.
    let moment = ahead(FAR);
    let reminded = api
        .post("/v1/tasks", &json!({"title": "Call", "remind_at": moment}))
        .await;
    assert_eq!(reminded.status, 201, "{reminded:?}");
    let notifications = api.notified(1).await;
    assert_on_time(&notifications[0], &moment);
    rests(&cluster).await;
    assert_eq!(have_run(&cluster).await.len(), 4);
    // One is enough, from before the moment until after it.
    assert_eq!(cluster.function("dispatch-reminders").starts().await, 1);
    assert_eq!(api.notifications().await, notifications);

    users.check_events().await;
    cluster.stop().await.unwrap();
}

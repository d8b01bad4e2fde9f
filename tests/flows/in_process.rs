//! Every function in one process, at times that the tests set.

use std::net::Ipv4Addr;

use dormouse::{
    operator::verify,
    process::{Listen, Process},
};
use journeys::Api;
use runtime::identity::Authentication;
use serde_json::{Value, json};
use testing::{TestApp, check_events, eventually, instant};

struct World {
    app: TestApp,
    process: Process,
    api: Api,
}

impl World {
    async fn at(moment: &str) -> Self {
        let app = TestApp::start().await;
        app.clock().set(instant(moment));
        let free = (Ipv4Addr::LOCALHOST, 0).into();
        let listen = Listen {
            api: free,
            metrics: free,
            authentication: Authentication::LocalUser,
        };
        let process = Process::start(&app.app(), &listen, false).await.expect("it starts");
        let api = Api::at(&format!("http://{}", process.address));
        Self { app, process, api }
    }

    async fn create(&self, body: Value) -> Value {
        let created = self.api.post("/v1/tasks", &body).await;
        assert_eq!(created.status, 201, "{created:?}");
        created.json
    }

    async fn complete(&self, task: &Value, moment: &str) {
        self.app.clock().set(instant(moment));
        let id = task["id"].as_str().expect("a task has an id");
        let done = self.api.command(&format!("/v1/tasks/{id}/complete"), id).await;
        assert_eq!(done.json["completed_at"], moment, "{done:?}");
    }

    /// Waits until the completed occurrence's event was handled, though there is no next one.
    async fn has_ended(&self) {
        eventually("the end is noticed", async || {
            let awaited: i64 = sqlx::query_scalar("SELECT count(successor_awaited_since) FROM tasks")
                .fetch_one(&self.app.database().pool())
                .await
                .expect("the database is there");
            awaited == 0
        })
        .await;
        assert_eq!(self.api.all("/v1/tasks").await, [] as [Value; 0]);
    }

    async fn stop(self) {
        self.process.stop().await;
        verify::run(&self.app.app().database).await.expect("every log holds");
        self.app.verify_log().await;
        check_events(&self.app.app().database).await;
    }
}

/// A daily task at nine in Berlin, half an hour before which it reminds.
fn daily_at_nine(date: &str) -> Value {
    json!({"title": "Water the plants", "due_date": format!("{date}T09:00:00"), "time_zone": "Europe/Berlin",
           "recurrence_rule": "FREQ=DAILY", "reminders": [{"offset": "-PT30M"}]})
}

#[tokio::test]
async fn daily_task_keeps_its_local_time_over_the_change_to_summer() {
    let world = World::at("2027-03-26T12:00:00Z").await;
    let first = world.create(daily_at_nine("2027-03-27")).await;
    assert_eq!(first["due_at"], "2027-03-27T08:00:00Z");

    world.app.clock().set(instant("2027-03-27T07:30:00Z"));
    let notifications = world.api.notified(1).await;
    assert_eq!(notifications[0]["fired_at"], "2027-03-27T07:30:00Z");
    assert_eq!(notifications[0]["late_ms"], 0);

    world.complete(&first, "2027-03-27T08:05:00Z").await;
    let second = world.api.next(2).await;
    assert_eq!(second["due_date"], "2027-03-28T09:00:00");
    assert_eq!(second["due_at"], "2027-03-28T07:00:00Z");

    world.app.clock().set(instant("2027-03-28T06:30:00Z"));
    let notifications = world.api.notified(2).await;
    assert_eq!(notifications[0]["fired_at"], "2027-03-28T06:30:00Z");
    assert_eq!(notifications[0]["task_id"], second["id"]);

    world.complete(&second, "2027-03-28T07:10:00Z").await;
    let third = world.api.next(3).await;
    assert_eq!(third["due_at"], "2027-03-29T07:00:00Z");
    assert_eq!(world.api.notifications().await.len(), 2);
    world.stop().await;
}

#[tokio::test]
async fn time_that_the_change_to_summer_skips_comes_an_hour_later() {
    let world = World::at("2027-03-26T12:00:00Z").await;
    let body = json!({"title": "x", "due_date": "2027-03-28T02:30:00", "time_zone": "Europe/Berlin",
                      "reminders": [{"offset": "PT0S"}]});
    let task = world.create(body).await;
    // 03:30 in Berlin, where it is summer by then.
    assert_eq!(task["due_at"], "2027-03-28T01:30:00Z");
    assert_eq!(task["due_date"], "2027-03-28T02:30:00");

    world.app.clock().set(instant("2027-03-28T01:30:00Z"));
    let notifications = world.api.notified(1).await;
    assert_eq!(notifications[0]["fired_at"], "2027-03-28T01:30:00Z");
    world.stop().await;
}

#[tokio::test]
async fn series_ends_with_its_count() {
    let world = World::at("2027-03-26T12:00:00Z").await;
    let mut body = daily_at_nine("2027-03-27");
    body["recurrence_rule"] = json!("FREQ=DAILY;COUNT=2");
    let first = world.create(body).await;
    world.complete(&first, "2027-03-27T08:05:00Z").await;
    let second = world.api.next(2).await;
    world.complete(&second, "2027-03-28T08:05:00Z").await;
    world.has_ended().await;
    world.stop().await;
}

#[tokio::test]
async fn what_repeats_from_completion_counts_from_the_local_day_of_it() {
    let world = World::at("2027-03-26T12:00:00Z").await;
    let mut body = daily_at_nine("2027-03-27");
    body["recurrence_rule"] = json!("FREQ=DAILY;INTERVAL=3");
    body["recurrence_mode"] = json!("completion");
    let first = world.create(body).await;
    // Half past midnight of the 30th in Berlin.
    world.complete(&first, "2027-03-29T22:30:00Z").await;
    let second = world.api.next(2).await;
    assert_eq!(second["due_date"], "2027-04-02T09:00:00");
    assert_eq!(second["due_at"], "2027-04-02T07:00:00Z");
    world.stop().await;
}

#[tokio::test]
async fn missed_occurrences_are_skipped_and_reopening_takes_the_next_one_back() {
    let world = World::at("2027-03-26T12:00:00Z").await;
    let first = world.create(daily_at_nine("2027-03-27")).await;
    world.complete(&first, "2027-04-05T12:00:00Z").await;
    let second = world.api.next(2).await;
    assert_eq!(second["due_date"], "2027-04-06T09:00:00");

    let reopen = format!("/v1/tasks/{}/reopen", first["id"].as_str().unwrap());
    assert_eq!(world.api.command(&reopen, "reopen").await.status, 200);
    assert_eq!(world.api.next(1).await["id"], first["id"]);
    let complete = reopen.replace("reopen", "complete");
    assert_eq!(world.api.command(&complete, "complete-once-more").await.status, 200);
    assert_eq!(world.api.next(2).await["id"], second["id"]);
    world.stop().await;
}

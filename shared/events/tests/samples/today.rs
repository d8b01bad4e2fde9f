//! The events of today: one of each kind, made by the functions themselves, with every member that it can have.

use std::collections::BTreeMap;

use domain::UserId;
use events::{EventType, cloud_event};
use runtime::Function;
use serde_json::{Value, json};
use testing::{Client, TaskBody, TestApp, instant};

/// A person's day.
struct Day {
    app: TestApp,
    client: Client,
}

/// The latest event of each kind, in structured mode.
pub(crate) async fn events() -> BTreeMap<EventType, Value> {
    let day = Day::begin().await;
    day.pass().await;
    let installation = day.app.installation().await;
    let events = day.app.events(UserId::LOCAL).await;
    let latest: BTreeMap<_, _> = events
        .iter()
        .map(|recorded| (recorded.event.kind, cloud_event::to_json(recorded, installation)))
        .collect();
    assert_eq!(latest.len(), EventType::ALL.len(), "a kind is missing");
    latest
}

impl Day {
    async fn begin() -> Self {
        let app = TestApp::start().await;
        let functions = [
            create_task::function,
            update_task::function,
            complete_task::function,
            delete_task::function,
            notifications::function,
        ];
        let client = app.serve_all(functions.map(|function| function(app.app())));
        Self { app, client }
    }

    async fn pass(&self) {
        let reply = self.client.post("/v1/tasks", whole()).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        let path = reply.header("location").to_owned();
        let reply = self
            .client
            .patch(&format!("{path}?scope=this"), json!({"priority": "low"}))
            .await;
        assert_eq!(reply.status, 200, "{reply:?}");

        self.app.clock().set(instant("2026-11-23T08:05:00.25Z"));
        let fired = dispatch_reminders::fire_overdue(&self.app.app(), self.app.now()).await;
        assert_eq!(fired.ok(), Some(1));
        self.react(&on_reminder_due::function(self.app.app()), EventType::ReminderDue)
            .await;
        let inbox = self.client.get("/v1/notifications").await.json;
        let id = inbox["items"][0]["id"].as_str().expect("there is a notification");
        self.command(&format!("/v1/notifications/{id}/read")).await;

        self.command(&format!("{path}/complete")).await;
        self.react(&on_task_completed::function(self.app.app()), EventType::TaskCompleted)
            .await;
        self.command(&format!("{path}/reopen")).await;
        assert_eq!(self.client.delete(&path, &[]).await.status, 204);
        self.command(&format!("{path}/restore")).await;
    }

    async fn command(&self, path: &str) {
        let reply = self.client.command(path, &[]).await;
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
    }

    async fn react(&self, function: &Function, kind: EventType) {
        let event = self.app.latest(kind).await;
        assert_eq!(self.app.deliver(function, &event).await, 204);
    }
}

/// A task of which everything is said.
fn whole() -> TaskBody {
    TaskBody::titled("Water the plants")
        .with("description", "Balcony too")
        .with("priority", "high")
        .with("tags", json!(["home"]))
        .due("2026-11-24T09:00:00")
        .zone("Europe/Berlin")
        .repeating("FREQ=WEEKLY;BYDAY=TU")
        .with("recurrence_mode", "schedule")
        .with("exceptions", json!(["2026-12-01T09:00:00"]))
        .with("additions", json!(["2026-12-03T09:00:00"]))
        .reminded_at("2026-11-23T08:05:00Z")
        .reminded("-PT15M")
}

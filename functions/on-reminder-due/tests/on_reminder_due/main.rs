//! The reaction to `todo.reminder.due` against a real database, with reminders that really fired.

mod convergence;
mod notification;

use domain::UserId;
use events::{EventType, Recorded};
use runtime::Function;
use serde_json::Value;
use testing::{Client, TaskBody, TestApp, instant};

/// A user, and the reaction.
struct World {
    app: TestApp,
    client: Client,
    reaction: Function,
}

impl World {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let functions = [
            create_task::function,
            get_task::function,
            complete_task::function,
            notifications::function,
        ];
        Self {
            client: app.serve_all(functions.map(|function| function(app.app()))),
            reaction: on_reminder_due::function(app.app()),
            app,
        }
    }

    /// A task whose reminder of 08:05 fired at `time`; its path, and what says so.
    async fn fired(&self, time: &str) -> (String, Recorded) {
        let body = TaskBody::titled("Water the plants").reminded_at("2026-11-23T08:05:00Z");
        let reply = self.client.post("/v1/tasks", body).await;
        self.app.clock().set(instant(time));
        let fired = dispatch_reminders::fire_overdue(&self.app.app(), self.app.now()).await;
        assert_eq!(fired.ok(), Some(1));
        let event = self.app.latest(EventType::ReminderDue).await;
        (reply.header("location").to_owned(), event)
    }

    async fn deliver(&self, event: &Recorded) {
        assert_eq!(self.app.deliver(&self.reaction, event).await, 204);
    }

    async fn notifications(&self) -> Vec<Value> {
        let reply = self.client.get("/v1/notifications").await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json["items"].as_array().cloned().unwrap_or_default()
    }

    async fn events(&self) -> usize {
        self.app.events(UserId::LOCAL).await.len()
    }

    async fn run(&self, sql: &'static str) {
        sqlx::query(sql)
            .execute(&self.app.database().pool())
            .await
            .expect("the database takes it");
    }
}

/// The reminder that an event is about.
fn reminder_of(event: &Recorded) -> String {
    let data: Value = serde_json::from_str(&event.event.data).expect("data is JSON");
    data["reminder_id"].as_str().expect("it names its reminder").to_owned()
}

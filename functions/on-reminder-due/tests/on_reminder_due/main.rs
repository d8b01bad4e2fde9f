//! The reaction to `todo.reminder.due` against a real database, with reminders that really fired.

mod bulk;
mod convergence;
mod notification;
mod others;

use std::ops::Deref;

use events::{EventType, Recorded};
use serde_json::Value;
use testing::{TaskBody, instant};

/// A user, and the reaction.
struct World(testing::World);

impl World {
    async fn start() -> Self {
        let functions = [
            create_task::function,
            get_task::function,
            complete_task::function,
            notifications::function,
        ];
        Self(testing::World::of(functions, on_reminder_due::function).await)
    }

    /// A task whose reminder of 08:05 fired at `time`; its path, and what says so.
    async fn fired(&self, time: &str) -> (String, Recorded) {
        let body = TaskBody::titled("Water the plants").reminded_at("2026-11-23T08:05:00Z");
        let reply = self.create(body).await;
        self.app.clock().set(instant(time));
        let fired = dispatch_reminders::fire_overdue(&self.app.app(), self.app.now()).await;
        assert_eq!(fired.ok(), Some(1));
        let event = self.app.latest(EventType::ReminderDue).await;
        (reply.header("location").to_owned(), event)
    }

    async fn notifications(&self) -> Vec<Value> {
        let reply = self.client.get("/v1/notifications").await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json["items"].as_array().cloned().unwrap_or_default()
    }
}

impl Deref for World {
    type Target = testing::World;

    fn deref(&self) -> &testing::World {
        &self.0
    }
}

/// The reminder that an event is about.
fn reminder_of(event: &Recorded) -> String {
    let data: Value = serde_json::from_str(&event.event.data).expect("data is JSON");
    data["reminder_id"].as_str().expect("it names its reminder").to_owned()
}

//! The in-app inbox against a real database, with reminders that really fired.

mod list;
mod read;
mod snooze;

use std::ops::Deref;

use events::EventType;
use serde_json::Value;
use testing::{Reply, TaskBody, instant};

/// A user, and what brings notifications about.
struct World(testing::World);

impl World {
    async fn start() -> Self {
        let functions = [
            create_task::function,
            get_task::function,
            complete_task::function,
            update_task::function,
            notifications::function,
        ];
        Self(testing::World::of(functions, on_reminder_due::function).await)
    }

    /// Creates a task with a reminder and lets that come at its moment; answers the task's path.
    async fn remind(&self, title: &str, at: &str) -> String {
        let reply = self.create(TaskBody::titled(title).reminded_at(at)).await;
        self.fire(at).await;
        reply.header("location").to_owned()
    }

    /// Fires the one reminder that is due at `time`, and makes its notification.
    async fn fire(&self, time: &str) {
        self.app.clock().set(instant(time));
        let fired = dispatch_reminders::fire_overdue(&self.app.app(), self.app.now()).await;
        assert_eq!(fired.ok(), Some(1));
        self.deliver_latest(EventType::ReminderDue).await;
    }

    async fn list(&self, query: &str) -> Value {
        let reply = self.client.get(&format!("/v1/notifications{query}")).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json
    }

    /// The path of the newest notification.
    async fn newest(&self) -> String {
        let list = self.list("").await;
        format!(
            "/v1/notifications/{}",
            list["items"][0]["id"].as_str().expect("there is one")
        )
    }

    async fn snooze(&self, notification: &str, body: Value) -> Reply {
        self.client.post(&format!("{notification}/snooze"), body).await
    }
}

impl Deref for World {
    type Target = testing::World;

    fn deref(&self) -> &testing::World {
        &self.0
    }
}

fn titles(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(|item| item["title"].as_str()).collect()
}

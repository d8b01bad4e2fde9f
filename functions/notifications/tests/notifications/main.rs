//! The in-app inbox against a real database, with reminders that really fired.

mod list;
mod read;
mod snooze;

use domain::UserId;
use events::EventType;
use serde_json::Value;
use testing::{Client, Reply, TaskBody, TestApp, instant};

/// A user, and what brings notifications about.
struct World {
    app: TestApp,
    client: Client,
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
            app,
        }
    }

    /// Creates a task with a reminder and lets that come at its moment; answers the task's path.
    async fn remind(&self, title: &str, at: &str) -> String {
        let reply = self
            .client
            .post("/v1/tasks", TaskBody::titled(title).reminded_at(at))
            .await;
        assert_eq!(reply.status, 201, "{reply:?}");
        self.fire(at).await;
        reply.header("location").to_owned()
    }

    /// Fires the one reminder that is due at `time`, and makes its notification.
    async fn fire(&self, time: &str) {
        self.app.clock().set(instant(time));
        let fired = dispatch_reminders::fire_overdue(&self.app.app(), self.app.now()).await;
        assert_eq!(fired.ok(), Some(1));
        let event = self.app.latest(EventType::ReminderDue).await;
        let reaction = on_reminder_due::function(self.app.app());
        assert_eq!(self.app.deliver(&reaction, &event).await, 204);
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

    async fn events(&self) -> usize {
        self.app.events(UserId::LOCAL).await.len()
    }
}

fn titles(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(|item| item["title"].as_str()).collect()
}

//! `PATCH /v1/tasks/{id}` and `POST …/skip` against a real database.

mod conditions;
mod members;
mod recurring;
mod skipping;

use std::ops::Deref;

use events::EventType;
use serde_json::Value;
use testing::{Reply, TaskBody};

/// Tasks that are created, changed, completed and deleted.
struct World(testing::World);

impl World {
    async fn start() -> Self {
        let functions = [
            create_task::function,
            get_task::function,
            update_task::function,
            complete_task::function,
            delete_task::function,
        ];
        Self(testing::World::of(functions, on_task_completed::function).await)
    }

    /// Creates a task, and answers its path.
    async fn create(&self, body: TaskBody) -> String {
        self.0.create(body).await.header("location").to_owned()
    }

    /// Changes a task, which must be possible.
    async fn change(&self, path: &str, patch: Value) -> Value {
        let reply = self.client.patch(path, patch).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json
    }

    async fn skip(&self, path: &str) -> Reply {
        self.client.command(&format!("{path}/skip"), &[]).await
    }

    /// Completes an occurrence, and answers the path of the next one.
    async fn next(&self, path: &str) -> Option<String> {
        let events = self.events().await;
        self.complete(path).await;
        self.deliver_latest(EventType::TaskCompleted).await;
        let is_made = self.events().await > events + 1;
        let next = self.app.latest(EventType::RecurringNextCreated);
        if is_made {
            Some(format!("/v1/tasks/{}", next.await.event.task_id))
        } else {
            None
        }
    }

    /// What the latest change says that it changed.
    async fn changed(&self) -> Value {
        let event = self.app.latest(EventType::TaskUpdated).await.event;
        let data: Value = serde_json::from_str(&event.data).expect("events are JSON");
        data["changed"].clone()
    }
}

impl Deref for World {
    type Target = testing::World;

    fn deref(&self) -> &testing::World {
        &self.0
    }
}

//! `POST /v1/tasks/{id}/complete` and `…/reopen` against a real database.

mod conditions;
mod reminders;
mod successor;
mod transitions;

use std::ops::Deref;

use events::EventType;
use testing::{Reply, TaskBody};
use tokio::task::JoinSet;

/// What completing a task of a series involves.
struct World(testing::World);

impl World {
    async fn start() -> Self {
        let functions = [create_task::function, get_task::function, complete_task::function];
        Self(testing::World::of(functions, on_task_completed::function).await)
    }

    /// Creates a task, and answers its path.
    async fn create(&self, body: TaskBody) -> String {
        self.0.create(body).await.header("location").to_owned()
    }

    /// Sends the same command `count` times at once.
    async fn at_once(&self, path: &str, headers: &'static [(&str, &str)], count: usize) -> Vec<Reply> {
        let mut commands = JoinSet::new();
        for _ in 0..count {
            let (client, path) = (self.client.clone(), path.to_owned());
            commands.spawn(async move { client.command(&path, headers).await });
        }
        commands.join_all().await
    }

    /// Delivers the latest completion to the function that reacts to it.
    async fn deliver_completion(&self) {
        self.deliver_latest(EventType::TaskCompleted).await;
    }
}

impl Deref for World {
    type Target = testing::World;

    fn deref(&self) -> &testing::World {
        &self.0
    }
}

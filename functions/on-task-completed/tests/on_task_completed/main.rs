//! The reaction to `todo.task.completed` against a real database.

mod anything;
mod bulk;
mod convergence;
mod endings;
mod endpoint;
mod others;
mod successor;
mod times;

use std::ops::Deref;

use domain::{SeriesId, TaskId};
use events::EventType;
use serde_json::Value;
use testing::{TaskBody, instant};

/// A user, and the reaction.
struct World(testing::World);

/// A completed occurrence.
struct Completed {
    task: Value,
    path: String,
}

impl World {
    async fn start() -> Self {
        let functions = [create_task::function, get_task::function, complete_task::function];
        Self(testing::World::of(functions, on_task_completed::function).await)
    }

    async fn create(&self, body: TaskBody) -> Value {
        self.0.create(body).await.json
    }

    /// Creates a task and completes it, without telling the reaction.
    async fn completed(&self, body: TaskBody) -> Completed {
        let task = self.create(body).await;
        let path = format!("/v1/tasks/{}", task["id"].as_str().expect("it has an id"));
        self.complete(&path).await;
        Completed { task, path }
    }

    async fn complete(&self, path: &str) {
        let reply = self.0.complete(path).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }

    async fn reopen(&self, path: &str) {
        let reply = self.0.reopen(path).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }

    /// Delivers the latest completion.
    async fn deliver(&self) {
        self.deliver_latest(EventType::TaskCompleted).await;
    }

    /// Completes what stands at `path` at `time`, delivers that, and answers the next occurrence, if there is one.
    async fn next(&self, completed: &Completed, number: u32) -> Option<Value> {
        let reply = self.client.get(&completed.next_path(number)).await;
        (reply.status == 200).then_some(reply.json)
    }

    /// The local time at which the next occurrence of a task is due that is completed at `time`.
    async fn next_due(&self, body: TaskBody, time: &str) -> (Value, Value) {
        let task = self.create(body).await;
        let path = format!("/v1/tasks/{}", task["id"].as_str().expect("it has an id"));
        self.app.clock().set(instant(time));
        self.complete(&path).await;
        self.deliver().await;
        let completed = Completed { task, path };
        let next = self.next(&completed, 2).await.expect("there is a next occurrence");
        (next["due_date"].clone(), next["due_at"].clone())
    }

    /// Nobody waits for a successor any more.
    async fn nothing_is_awaited(&self) {
        let awaited = "SELECT count(*) FROM tasks WHERE successor_awaited_since IS NOT NULL";
        assert_eq!(self.number(awaited).await, 0);
    }
}

impl Deref for World {
    type Target = testing::World;

    fn deref(&self) -> &testing::World {
        &self.0
    }
}

impl Completed {
    fn series(&self) -> SeriesId {
        let series = self.task["series_id"].as_str().and_then(|id| id.parse().ok());
        SeriesId(series.expect("the task recurs"))
    }

    fn path_of(&self, number: u32) -> String {
        if number == 1 {
            self.path.clone()
        } else {
            self.next_path(number)
        }
    }

    fn next_path(&self, number: u32) -> String {
        format!("/v1/tasks/{}", TaskId::of_occurrence(self.series(), number))
    }
}

fn daily() -> TaskBody {
    TaskBody::titled("Water the plants")
        .due("2026-11-24T09:00:00")
        .zone("Europe/Berlin")
        .repeating("FREQ=DAILY")
}

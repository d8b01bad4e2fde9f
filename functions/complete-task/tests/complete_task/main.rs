//! `POST /v1/tasks/{id}/complete` and `…/reopen` against a real database.

mod conditions;
mod reminders;
mod successor;
mod transitions;

use domain::UserId;
use events::EventType;
use runtime::Function;
use testing::{Client, Reply, TaskBody, TestApp};
use tokio::task::JoinSet;

/// What completing a task of a series involves.
struct World {
    app: TestApp,
    client: Client,
    on_completed: Function,
}

impl World {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let functions = [create_task::function, get_task::function, complete_task::function];
        Self {
            client: app.serve_all(functions.map(|function| function(app.app()))),
            on_completed: on_task_completed::function(app.app()),
            app,
        }
    }

    /// Creates a task, and answers its path.
    async fn create(&self, body: TaskBody) -> String {
        let reply = self.client.post("/v1/tasks", body).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.header("location").to_owned()
    }

    async fn complete(&self, path: &str) -> Reply {
        self.client.command(&format!("{path}/complete"), &[]).await
    }

    async fn reopen(&self, path: &str) -> Reply {
        self.client.command(&format!("{path}/reopen"), &[]).await
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
        let event = self.app.latest(EventType::TaskCompleted).await;
        assert_eq!(self.app.deliver(&self.on_completed, &event).await, 204);
    }

    async fn events(&self) -> usize {
        self.app.events(UserId::LOCAL).await.len()
    }

    async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&self.app.database().pool())
            .await
            .expect("the database is there")
    }
}

//! A user of several functions, and the reaction to what they do.

use domain::UserId;
use events::{EventType, Recorded};
use runtime::{App, Function};

use crate::{Client, Reply, TaskBody, TestApp};

/// An installation where nothing but requests is handled, and events only when a test delivers them.
#[derive(Debug)]
pub struct World {
    /// The installation.
    pub app: TestApp,
    /// Its local user.
    pub client: Client,
    /// What reacts to events.
    pub reaction: Function,
}

impl World {
    /// Serves `functions` to the local user, with `reaction` beside them.
    ///
    /// # Panics
    /// There is no database.
    pub async fn of<const N: usize>(functions: [fn(App) -> Function; N], reaction: fn(App) -> Function) -> Self {
        let app = TestApp::start().await;
        Self {
            client: app.serve_all(functions.map(|function| function(app.app()))),
            reaction: reaction(app.app()),
            app,
        }
    }

    /// Creates a task.
    ///
    /// # Panics
    /// It is refused.
    pub async fn create(&self, body: TaskBody) -> Reply {
        let reply = self.client.post("/v1/tasks", body).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply
    }

    /// Completes the task at `path`.
    pub async fn complete(&self, path: &str) -> Reply {
        self.client.command(&format!("{path}/complete"), &[]).await
    }

    /// Reopens the task at `path`.
    pub async fn reopen(&self, path: &str) -> Reply {
        self.client.command(&format!("{path}/reopen"), &[]).await
    }

    /// Delivers `event` to the reaction.
    ///
    /// # Panics
    /// It is not taken.
    pub async fn deliver(&self, event: &Recorded) {
        assert_eq!(self.app.deliver(&self.reaction, event).await, 204);
    }

    /// Delivers the latest event of `kind`.
    ///
    /// # Panics
    /// There is none, or it is not taken.
    pub async fn deliver_latest(&self, kind: EventType) {
        self.deliver(&self.app.latest(kind).await).await;
    }

    /// How many events the user's log has.
    pub async fn events(&self) -> usize {
        self.app.events(UserId::LOCAL).await.len()
    }

    /// A number that a query of the test's own answers.
    ///
    /// # Panics
    /// It is no query for a number.
    pub async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&self.app.database().pool())
            .await
            .expect("the database is there")
    }

    /// Runs a statement of the test's own.
    ///
    /// # Panics
    /// The database refuses it.
    pub async fn run(&self, sql: &'static str) {
        sqlx::query(sql)
            .execute(&self.app.database().pool())
            .await
            .expect("the database takes it");
    }
}

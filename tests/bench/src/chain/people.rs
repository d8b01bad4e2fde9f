//! People, each with a task that repeats, which they complete through the gateway.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use http::{HeaderValue, Method, StatusCode};
use rig::cluster::Cluster;
use sqlx::PgPool;
use testing::issuer;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::http_load::Client;

const TASK: &str = r#"{"title": "Water the plants on the balcony", "due_date": "2036-05-04T09:30:00",
    "time_zone": "Europe/Berlin", "recurrence_rule": "FREQ=DAILY"}"#;
/// How long a next occurrence may take before it counts as missing.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Some people.
#[derive(Debug, Clone)]
pub(super) struct People {
    gateway: SocketAddr,
    authorizations: Arc<[HeaderValue]>,
    database: PgPool,
}

impl People {
    pub(super) async fn of(cluster: &Cluster, count: u32) -> anyhow::Result<Self> {
        let authorization = |user: u32| HeaderValue::try_from(format!("Bearer {}", issuer::token(&user.to_string())));
        let people = Self {
            gateway: cluster.address().await?,
            authorizations: (0..count).map(authorization).collect::<Result<_, _>>()?,
            database: cluster.pool(),
        };
        for user in 0..count {
            people.ask(user, "/v1/tasks", TASK, StatusCode::CREATED).await?;
        }
        Ok(people)
    }

    /// Completes the occurrence at which `user` is.
    pub(super) async fn complete(&self, user: u32) -> anyhow::Result<()> {
        let sql = "SELECT id FROM tasks WHERE user_id = $1 AND completed_at IS NULL";
        let task: Uuid = sqlx::query_scalar(sql)
            .bind(issuer::user(&user.to_string()).0)
            .fetch_one(&self.database)
            .await?;
        let path = format!("/v1/tasks/{task}/complete");
        self.ask(user, &path, "", StatusCode::OK).await
    }

    async fn ask(&self, user: u32, path: &str, body: &'static str, expected: StatusCode) -> anyhow::Result<()> {
        let client = Client::connect(self.gateway).await?;
        let mut client = client.authorized(Arc::clone(&self.authorizations));
        let (status, body) = client.send(Method::POST, path, user, body).await?;
        let said = String::from_utf8_lossy(&body);
        anyhow::ensure!(status == expected, "{path} was answered {status}: {said}");
        Ok(())
    }

    /// What the database's clock shows.
    pub(super) async fn now(&self) -> anyhow::Result<DateTime<Utc>> {
        Ok(sqlx::query_scalar("SELECT clock_timestamp()")
            .fetch_one(&self.database)
            .await?)
    }

    /// How long after the commit of each completion since `since` its next occurrence was committed, in ms. Waits for them.
    pub(super) async fn took(&self, since: DateTime<Utc>) -> anyhow::Result<Vec<f64>> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let took: Vec<Option<f64>> = sqlx::query_scalar(
                "SELECT extract(epoch FROM pg_xact_commit_timestamp(made.xmin)
                                         - pg_xact_commit_timestamp(done.xmin))::float8 * 1000
                 FROM events done LEFT JOIN events made ON made.user_id = done.user_id
                     AND made.type = 'todo.recurring.next_created'
                     AND made.data->>'previous_task_id' = done.task_id::text
                 WHERE done.type = 'todo.task.completed' AND pg_xact_commit_timestamp(done.xmin) >= $1",
            )
            .bind(since)
            .fetch_all(&self.database)
            .await?;
            if let Some(took) = took.iter().copied().collect() {
                return Ok(took);
            }
            let late = took.iter().filter(|took| took.is_none()).count();
            let is_over = Instant::now() > deadline;
            anyhow::ensure!(
                !is_over,
                "of {} completed tasks {late} have no next occurrence",
                took.len()
            );
            sleep(LOOK_AGAIN).await;
        }
    }
}

//! What there is when all is quiet.

use std::net::SocketAddr;

use chrono::{DateTime, Utc};
use events::EventType;
use kafka::topics;
use serde_json::Value;
use sqlx::PgPool;
use testing::issuer;
use uuid::Uuid;

use crate::{
    cluster::Cluster,
    topics::{Record, records},
};

/// What there is of the people of a round.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// When all became quiet, by the database's clock.
    pub at: DateTime<Utc>,
    /// Their logs, each in its order.
    pub events: Vec<Logged>,
    /// Their tasks, deleted ones too, as the API tells of them.
    pub tasks: Vec<Value>,
    /// Their notifications.
    pub notifications: Vec<Notified>,
    /// How many of these the API lists.
    pub listed_notifications: usize,
    /// What Kafka's topics of events hold.
    pub records: Vec<Record>,
    /// What its topics of dead letters hold.
    pub dead_letters: Vec<Record>,
    /// The tasks whose events were given up, where nothing that keeps dead letters was away.
    pub given_up: Vec<Uuid>,
}

/// An event of the log.
#[derive(Debug, Clone)]
pub struct Logged {
    /// Whose.
    pub user: Uuid,
    /// Its number.
    pub seq: i64,
    /// Its identity.
    pub id: Uuid,
    /// What kind.
    pub kind: String,
    /// Of which task.
    pub task: Uuid,
    /// The task's version after it.
    pub version: i64,
    /// What it carries.
    pub data: Value,
    /// When it was committed, by the database's clock, which nobody moves.
    pub committed_at: DateTime<Utc>,
}

/// A notification.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Notified {
    /// Its identity.
    pub id: Uuid,
    /// Of which reminder.
    pub reminder_id: Uuid,
    /// Of which firing.
    pub fired_at: DateTime<Utc>,
}

/// Looks at everything of `people`.
///
/// # Errors
/// Something cannot be asked.
pub async fn observe(cluster: &Cluster, people: &[String]) -> anyhow::Result<Observed> {
    let users: Vec<Uuid> = people.iter().map(|name| issuer::user(name).0).collect();
    let (pool, gateway) = (cluster.pool(), cluster.address().await?);
    let at = sqlx::query_scalar("SELECT now()").fetch_one(&pool).await?;
    let (mut tasks, mut listed_notifications) = (Vec::new(), 0);
    for name in people {
        for list in ["/v1/tasks?status=all", "/v1/tasks?status=all&deleted=true"] {
            tasks.extend(listed(gateway, name, list).await?);
        }
        listed_notifications += listed(gateway, name, "/v1/notifications?").await?.len();
    }
    let client = cluster.kafka_client();
    let (records, dead_letters) = tokio::task::spawn_blocking(move || {
        let kinds: Vec<_> = EventType::ALL.iter().map(ToString::to_string).collect();
        let dead: Vec<_> = topics::CONSUMERS.map(topics::dead_letters_of).to_vec();
        anyhow::Ok((records(&client, &kinds)?, records(&client, &dead)?))
    })
    .await??;
    Ok(Observed {
        at,
        events: events(&pool, &users).await?,
        tasks,
        notifications: sqlx::query_as(
            "SELECT id, reminder_id, fired_at FROM notifications WHERE user_id = ANY($1) ORDER BY id",
        )
        .bind(&users)
        .fetch_all(&pool)
        .await?,
        listed_notifications,
        records: of(&users, records),
        dead_letters: of(&users, dead_letters),
        given_up: Vec::new(),
    })
}

fn of(users: &[Uuid], mut records: Vec<Record>) -> Vec<Record> {
    let users: Vec<_> = users.iter().map(ToString::to_string).collect();
    records.retain(|record| users.contains(&record.key));
    records
}

async fn events(pool: &PgPool, users: &[Uuid]) -> anyhow::Result<Vec<Logged>> {
    type Row = (Uuid, i64, Uuid, String, Uuid, i64, String, DateTime<Utc>);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT user_id, seq, id, type, task_id, version, data::text, pg_xact_commit_timestamp(xmin)
         FROM events WHERE user_id = ANY($1) ORDER BY user_id, seq",
    )
    .bind(users)
    .fetch_all(pool)
    .await?;
    let logged = |(user, seq, id, kind, task, version, data, committed_at): Row| {
        Ok(Logged {
            user,
            seq,
            id,
            kind,
            task,
            version,
            data: serde_json::from_str(&data)?,
            committed_at,
        })
    };
    rows.into_iter().map(logged).collect()
}

/// Every item of a list of `name`'s, over all its pages.
async fn listed(gateway: SocketAddr, name: &str, list: &str) -> anyhow::Result<Vec<Value>> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let url = format!("http://{gateway}{list}&limit=200{cursor}");
        let request = client.get(url).bearer_auth(issuer::token(name));
        let page: Value = request.send().await?.error_for_status()?.json().await?;
        items.extend(page["items"].as_array().cloned().unwrap_or_default());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(items),
        }
    }
}

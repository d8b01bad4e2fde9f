//! What there is when all is quiet.

use std::{collections::BTreeMap, net::SocketAddr};

use chrono::{DateTime, Utc};
use events::EventType;
use kafka::topics;
use serde_json::Value;
use sqlx::PgPool;
use testing::issuer;
use uuid::Uuid;

use super::{disturbed::Disturbed, follower::Followed};
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
    /// What the API shows each of them of their tasks, deleted ones too.
    pub tasks: Vec<(Uuid, Value)>,
    /// What it shows each of them of their notifications.
    pub inbox: Vec<(Uuid, Value)>,
    /// The notifications that are kept.
    pub notifications: Vec<Notified>,
    /// What Kafka's topics of events hold.
    pub records: Vec<Record>,
    /// What its topics of dead letters hold.
    pub dead_letters: Vec<Record>,
    /// What no event did any more, and `reconcile` repaired.
    pub given_up: Vec<Awaited>,
    /// What each of them was told who followed their log.
    pub followed: Vec<Followed>,
    /// What was disturbed meanwhile.
    pub disturbed: Vec<Disturbed>,
}

/// What awaits an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// The notification of this reminder, which has fired.
    Notification(Uuid),
    /// The next occurrence after this task, which is completed.
    Successor(Uuid),
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
    /// Whose.
    pub user_id: Uuid,
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
    let (mut tasks, mut inbox) = (Vec::new(), Vec::new());
    for (name, user) in people.iter().zip(&users) {
        for list in ["/v1/tasks?status=all", "/v1/tasks?status=all&deleted=true"] {
            let listed = listed(gateway, name, list).await?;
            tasks.extend(listed.into_iter().map(|task| (*user, task)));
        }
        let listed = listed(gateway, name, "/v1/notifications?").await?;
        inbox.extend(listed.into_iter().map(|notification| (*user, notification)));
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
        inbox,
        notifications: notifications(&pool, &users).await?,
        records: of(&users, records),
        dead_letters: of(&users, dead_letters),
        ..Observed::default()
    })
}

/// How many events each of `people` has.
///
/// # Errors
/// The database cannot be asked.
pub async fn ends(pool: &PgPool, people: &[String]) -> anyhow::Result<BTreeMap<Uuid, usize>> {
    let users: Vec<Uuid> = people.iter().map(|name| issuer::user(name).0).collect();
    let ends: Vec<(Uuid, i64)> = sqlx::query_as("SELECT user_id, seq FROM log_heads WHERE user_id = ANY($1)")
        .bind(users)
        .fetch_all(pool)
        .await?;
    ends.into_iter()
        .map(|(user, end)| Ok((user, end.try_into()?)))
        .collect()
}

async fn notifications(pool: &PgPool, users: &[Uuid]) -> anyhow::Result<Vec<Notified>> {
    let sql = "SELECT user_id, id, reminder_id, fired_at FROM notifications WHERE user_id = ANY($1) ORDER BY id";
    Ok(sqlx::query_as(sql).bind(users).fetch_all(pool).await?)
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

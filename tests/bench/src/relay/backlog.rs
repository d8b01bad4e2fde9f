//! Logs that are ahead of what was published.

use std::ops::Range;

use runtime::Clock;
use sqlx::{Connection as _, PgConnection};

use crate::{
    cluster::{BenchDatabase, run},
    sample,
};

/// The events of some users, which no reader has been told of yet.
#[derive(Debug, Clone)]
pub(super) struct Backlog {
    users: Range<u32>,
    per_user: u32,
}

impl Backlog {
    /// Writes them as commits would have: the first of each user, then the second of each.
    pub(super) async fn write(database: &BenchDatabase, users: Range<u32>, per_user: u32) -> anyhow::Result<Self> {
        let (first, last) = (users.start, users.end - 1);
        let sql = include_str!("backlog.sql")
            .replace("$USERS", &prefix())
            .replace("$FIRST", &first.to_string())
            .replace("$LAST", &last.to_string())
            .replace("$COUNT", &per_user.to_string())
            .replace("$DATA", &data()?);
        let mut connection = unlimited(database).await?;
        run(&mut connection, sql).await?;
        for table in ["events", "log_heads", "log_pending"] {
            run(&mut connection, format!("VACUUM (ANALYZE) {table}")).await?;
        }
        run(&mut connection, "CHECKPOINT".to_owned()).await?;
        Ok(Self { users, per_user })
    }

    /// How many they are.
    pub(super) fn len(&self) -> u32 {
        self.users.len() as u32 * self.per_user
    }

    /// Whose they are: the first and the last.
    pub(super) fn ends(&self) -> [String; 2] {
        [self.users.start, self.users.end - 1].map(|number| sample::user(number).to_string())
    }

    /// Tells readers of all of them.
    pub(super) async fn mark(&self, connection: &mut PgConnection) -> anyhow::Result<()> {
        self.mark_upto(connection, self.per_user).await
    }

    /// Tells readers of each user's events up to `seq`.
    pub(super) async fn mark_upto(&self, connection: &mut PgConnection, seq: u32) -> anyhow::Result<()> {
        let [first, last] = self.ends();
        let sql = format!(
            "WITH raised AS (
                 UPDATE log_heads SET seq = {seq} WHERE user_id BETWEEN '{first}' AND '{last}' RETURNING user_id
             )
             INSERT INTO log_pending SELECT user_id FROM raised ON CONFLICT DO NOTHING"
        );
        run(connection, sql).await
    }
}

/// A connection that may take its time.
async fn unlimited(database: &BenchDatabase) -> anyhow::Result<PgConnection> {
    let options = database.options.clone().options([("statement_timeout", "0")]);
    Ok(PgConnection::connect_with(&options).await?)
}

/// An event's data as a literal, with `$TASK` for its task's id.
fn data() -> anyhow::Result<String> {
    let (created, event) = sample::decide(&Clock::system(), sample::user(0), sample::new_task(None)?)?;
    let data = event.data.replace(&created.task.id.to_string(), "$TASK");
    Ok(format!("'{}'", data.replace('\'', "''")))
}

/// How every user's id begins.
fn prefix() -> String {
    let user = sample::user(0).to_string();
    user[..user.len() - 12].to_owned()
}

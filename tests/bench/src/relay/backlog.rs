//! Logs that are ahead of what was published.

use std::ops::Range;

use runtime::Clock;
use sqlx::{Connection as _, PgConnection};

use crate::{
    cluster::{BenchDatabase, run},
    sample,
};

/// The events of some users, so many of each.
#[derive(Debug, Clone)]
pub(super) struct Backlog {
    users: Range<u32>,
    per_user: u32,
}

impl Backlog {
    /// Writes them as commits would have: the first of each user, then the second of each.
    pub(super) async fn write(database: &BenchDatabase, users: Range<u32>, per_user: u32) -> anyhow::Result<Self> {
        let mut connection = unlimited(database).await?;
        let mut backlog = Self { users, per_user: 0 };
        let heads = "INSERT INTO log_heads (user_id, seq, published_seq, hash)
                     SELECT ('$USERS' || lpad(to_hex(n), 12, '0'))::uuid, 0, 0, sha256('')
                     FROM generate_series($FIRST, $LAST) n";
        run(&mut connection, backlog.of_users(heads)).await?;
        backlog.write_more(&mut connection, per_user).await?;
        for table in ["events", "log_heads", "log_pending"] {
            run(&mut connection, format!("VACUUM (ANALYZE) {table}")).await?;
        }
        run(&mut connection, "CHECKPOINT".to_owned()).await?;
        Ok(backlog)
    }

    /// Writes so many more of each user, and tells readers of them, in one commit.
    pub(super) async fn commit_more(&mut self, connection: &mut PgConnection, per_user: u32) -> anyhow::Result<()> {
        run(connection, "BEGIN".to_owned()).await?;
        self.write_more(connection, per_user).await?;
        self.mark(connection).await?;
        run(connection, "COMMIT".to_owned()).await
    }

    async fn write_more(&mut self, connection: &mut PgConnection, per_user: u32) -> anyhow::Result<()> {
        let sql = self
            .of_users(include_str!("backlog.sql"))
            .replace("$UPTO", &self.per_user.to_string())
            .replace("$COUNT", &per_user.to_string())
            .replace("$DATA", &data()?);
        self.per_user += per_user;
        run(connection, sql).await
    }

    fn of_users(&self, sql: &str) -> String {
        sql.replace("$USERS", &prefix())
            .replace("$FIRST", &self.users.start.to_string())
            .replace("$LAST", &(self.users.end - 1).to_string())
    }

    /// How many they are.
    pub(super) fn len(&self) -> u32 {
        self.users.len() as u32 * self.per_user
    }

    /// Whose they are: the first and the last.
    pub(super) fn ends(&self) -> [String; 2] {
        [self.users.start, self.users.end - 1].map(|number| sample::user(number).to_string())
    }

    /// Tells readers of those that they were not told of yet.
    pub(super) async fn mark(&self, connection: &mut PgConnection) -> anyhow::Result<()> {
        let ([first, last], seq) = (self.ends(), self.per_user);
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
pub(super) async fn unlimited(database: &BenchDatabase) -> anyhow::Result<PgConnection> {
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

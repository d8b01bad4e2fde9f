//! Users whose logs somebody holds.

use domain::UserId;
use sqlx::{Postgres, Transaction};

use crate::TestApp;

impl TestApp {
    /// Holds the users' logs until it is dropped, as a command does that is stuck.
    ///
    /// # Panics
    /// The database is away.
    pub async fn hold(&self, users: &[UserId]) -> Transaction<'static, Postgres> {
        let mut holder = self.database().pool().begin().await.expect("the database is there");
        sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0")
            .execute(&mut *holder)
            .await
            .expect("anybody may set it");
        sqlx::query("SELECT FROM log_heads WHERE user_id = ANY($1) FOR NO KEY UPDATE")
            .bind(users.iter().map(|user| user.0).collect::<Vec<_>>())
            .execute(&mut *holder)
            .await
            .expect("nobody else holds them");
        holder
    }
}

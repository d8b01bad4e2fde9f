//! Bringing a database to this release's schema.

use std::time::Duration;

use sqlx::{
    PgConnection,
    migrate::{Migrate, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{Error, installation};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// How long a database that is not there is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a database could not be brought to this release's schema.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database could not be reached, or refused.
    #[error(transparent)]
    Database(#[from] Error),
    /// The database was migrated by a newer release: run that one, or a newer one still.
    #[error("the database was migrated by a newer release than this one, which does not know its migration {0}")]
    Newer(i64),
    /// A migration failed, or is not the one that was applied.
    #[error("the schema cannot be migrated: {0}")]
    Migration(sqlx::migrate::MigrateError),
}

impl From<sqlx::migrate::MigrateError> for MigrateError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(version) => Self::Newer(version),
            error => Self::Migration(error),
        }
    }
}

/// Applies what is missing under an advisory lock, so that several at once apply it once, and sets the role's limits.
/// It needs a connection of its own straight to the server: a pooler does not keep the lock.
///
/// # Errors
/// See [`MigrateError`]; nothing is half applied.
pub async fn migrate(options: &PgConnectOptions) -> Result<(), MigrateError> {
    let options = options
        .clone()
        .options([("lock_timeout", "0"), ("statement_timeout", "0")]);
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await
        .map_err(Error::from)?;
    let mut connection = pool.acquire().await.map_err(Error::from)?;
    // Another's migration is waited for however long it takes. The lock is taken once more within; it goes with the
    // connection.
    connection.lock().await?;
    be_brief(&mut connection).await?;
    MIGRATIONS.run_direct(None, &mut *connection, false).await?;
    limit_role(&mut connection).await?;
    installation::ensure(&mut connection).await?;
    drop(connection);
    pool.close().await;
    Ok(())
}

/// A migration waits for a lock for a moment only: what queues behind its lock waits as long.
async fn be_brief(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::raw_sql("SET lock_timeout = '5s'").execute(connection).await?;
    Ok(())
}

/// A text that changes whenever the migrations do.
#[must_use]
pub fn fingerprint() -> String {
    let versions = MIGRATIONS
        .iter()
        .map(|m| m.checksum.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    versions.collect::<Vec<_>>().join("-")
}

/// Sets the limits after which the server ends what is stuck. They stand on the role, because a pooler passes on no
/// settings of a session.
///
/// # Errors
/// [`Error`] when the database refused.
pub async fn limit_role(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::raw_sql(
        "DO $$
         DECLARE
             setting text;
         BEGIN
             -- Two at once would fail each other: the server does not wait with a role's settings.
             PERFORM pg_advisory_xact_lock(hashtext('limit_role'));
             FOREACH setting IN ARRAY ARRAY[
                 'lock_timeout = ''5s''',
                 'statement_timeout = ''10s''',
                 'idle_in_transaction_session_timeout = ''10s'''
             ] LOOP
                 EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET ', current_database()) || setting;
             END LOOP;
         END $$",
    )
    .execute(connection)
    .await?;
    Ok(())
}

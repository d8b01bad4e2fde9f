//! The operation.

use anyhow::Context;
use runtime::configuration::Settings;
use storage::migrations;

/// Migrates the database past a pooler, which does not keep the lock that several migrations at once are ordered by.
///
/// # Errors
/// No database is named, or it could not be migrated.
pub async fn migrate(settings: Settings) -> anyhow::Result<()> {
    migrations::migrate(&settings.direct_database()?)
        .await
        .context("the database was not migrated")?;
    tracing::info!("the database is at this release's schema");
    Ok(())
}

//! Beginning a new era.

use storage::{Database, installation};

use super::print;

/// Begins a new era on this server and timeline.
///
/// # Errors
/// The database is away.
pub async fn renew(database: &Database) -> anyhow::Result<()> {
    let mut session = database.session().await?;
    let era = installation::renew_era(&mut session).await?;
    session.finish().await?;
    print(&format!(
        "Era {era} has begun. Clients that follow changes will begin again."
    ));
    Ok(())
}

//! Recomputing every user's hash chain.

use domain::UserId;
use storage::{
    Database,
    log::verify::{self, Damage},
};
use uuid::Uuid;

use super::print;

/// Verifies every log, and names the first bad event of each that is damaged.
///
/// # Errors
/// A log is damaged, or the database is away.
pub async fn run(database: &Database) -> anyhow::Result<()> {
    let (mut verified, mut damaged) = (0_u64, 0_u64);
    let mut after = UserId(Uuid::nil());
    loop {
        let mut session = database.session().await?;
        let users = verify::users(&mut session, after).await?;
        session.finish().await?;
        let Some(last) = users.last() else { break };
        after = *last;
        for user in users {
            let mut snapshot = database.snapshot().await?;
            let damage = verify::chain_of(&mut snapshot, user).await?;
            verified += 1;
            if let Some(damage) = damage {
                damaged += 1;
                print(&describe(&damage));
            }
        }
    }
    anyhow::ensure!(damaged == 0, "{damaged} of {verified} logs are damaged");
    print(&format!(
        "{verified} logs verified; every event follows from the one before it."
    ));
    Ok(())
}

fn describe(damage: &Damage) -> String {
    let event = damage
        .event
        .map_or_else(|| "no event".to_owned(), |id| format!("event {id}"));
    format!(
        "user {}: number {}, {event}: {}",
        damage.user, damage.seq, damage.reason
    )
}

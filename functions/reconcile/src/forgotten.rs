//! What nobody came for: overdue reminders and old answers.

use runtime::App;
use storage::idempotency;

use crate::{OLD, PAGE, tally::Tally};

/// Fires reminders long overdue.
pub(crate) async fn fire(app: &App, tally: &mut Tally) -> Result<(), storage::Error> {
    tally.add(dispatch_reminders::fire_overdue(app, app.clock.now() - OLD).await?);
    Ok(())
}

/// Forgets answers that are kept no longer.
pub(crate) async fn forget_old_answers(app: &App) -> Result<(), storage::Error> {
    let now = app.clock.now();
    loop {
        let mut session = app.database.session().await?;
        let forgotten = idempotency::forget_old(&mut session, now, PAGE).await?;
        session.finish().await?;
        if forgotten == 0 {
            return Ok(());
        }
    }
}

//! What nobody came for: overdue reminders and old answers.

use runtime::App;
use storage::idempotency;

use crate::{MARKS, OLD};

/// Fires reminders long overdue.
pub(crate) async fn fire(app: &App) -> Result<usize, storage::Error> {
    dispatch_reminders::fire_overdue(app, app.clock.now() - OLD).await
}

/// Forgets answers that are kept no longer.
pub(crate) async fn forget_old_answers(app: &App) -> Result<(), storage::Error> {
    let now = app.clock.now();
    loop {
        let mut session = app.database.session().await?;
        let forgotten = idempotency::forget_old(&mut session, now, MARKS).await?;
        session.finish().await?;
        if forgotten == 0 {
            return Ok(());
        }
    }
}

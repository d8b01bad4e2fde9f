//! A command: done once per `Idempotency-Key`, under its user's head from before it reads until it commits.

use axum::response::Response;
use chrono::{DateTime, Utc};
use storage::{idempotency::Answer, log::LogTransaction};

use crate::{
    App, Caller, Problem,
    http::{answer, idempotency::Idempotency},
};

/// A command in progress.
#[derive(Debug)]
pub struct Command<'a> {
    /// What the function is made with.
    pub app: &'a App,
    /// Who commands.
    pub caller: &'a Caller,
    /// The present, for everything the command decides.
    pub now: DateTime<Utc>,
    /// The user's log, held.
    pub log: LogTransaction,
}

/// Does `decide` once: a request that was answered before is answered again. What it writes and appends is committed
/// with the answer to keep.
///
/// # Errors
/// 404 for a user who never wrote anything, and so has nothing to command; whatever `decide` refuses, and then nothing
/// is written; 503 when the database is away.
pub async fn once(
    app: &App,
    caller: &Caller,
    idempotency: &Idempotency,
    decide: impl AsyncFnOnce(&mut Command<'_>) -> Result<Answer, Problem>,
) -> Result<Response, Problem> {
    let log = LogTransaction::begin(&app.database, caller.user).await?;
    let mut command = Command {
        app,
        caller,
        now: app.clock.now(),
        log: log.ok_or_else(Problem::not_found)?,
    };
    let (user, now) = (caller.user, command.now);
    if let Some(replayed) = idempotency.replay(command.log.connection(), user, now).await? {
        command.log.commit().await?;
        return Ok(replayed);
    }
    let answer = decide(&mut command).await?;
    idempotency.keep(command.log.connection(), user, &answer, now).await?;
    command.log.commit().await?;
    app.nudge.log_grew();
    app.nudge.reminders_changed();
    Ok(answer::respond(answer))
}

impl Command<'_> {
    /// Appends the event of `payload` to the user's log.
    pub fn append(&mut self, payload: &impl events::Payload) {
        let stamp = self.app.clock.stamp(self.now, &self.caller.trace);
        self.log.append(events::Event::new(stamp, self.caller.user, payload));
    }
}

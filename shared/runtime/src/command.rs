//! A command: done once per `Idempotency-Key`, under its user's head from before it reads until it commits.

use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::{Task, TaskId};
use events::{EventType, TaskChanged};
use storage::{
    idempotency::Answer,
    log::LogTransaction,
    tasks::{self, Author},
};

use crate::{
    App, Caller, Problem,
    http::{answer, condition::IfMatch, idempotency::Idempotency},
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
    /// The task that is commanded: one that is there, as the client has seen it.
    ///
    /// # Errors
    /// 404 where the user has none that is not deleted, 412 where it has changed since, 503 when the database is away.
    pub async fn task(&mut self, id: TaskId, condition: &IfMatch) -> Result<Task, Problem> {
        let task = tasks::load(self.log.connection(), self.caller.user, id).await?;
        found(task, condition)
    }

    /// As [`Command::task`], deleted or not.
    ///
    /// # Errors
    /// As of [`Command::task`].
    pub async fn any_task(&mut self, id: TaskId, condition: &IfMatch) -> Result<Task, Problem> {
        let task = tasks::load_any(self.log.connection(), self.caller.user, id).await?;
        found(task, condition)
    }

    /// Writes what a transition changed of `task`, and appends the event that says so.
    ///
    /// # Errors
    /// 503 when it could not be written.
    pub async fn change(
        &mut self,
        task: &Task,
        kind: EventType,
        changed: &[&'static str],
        author: Author,
    ) -> Result<(), Problem> {
        tasks::update(self.log.connection(), self.caller.user, task, author).await?;
        self.append(&TaskChanged { kind, task, changed });
        Ok(())
    }

    /// Appends the event of `payload` to the user's log.
    pub fn append(&mut self, payload: &impl events::Payload) {
        let stamp = self.app.clock.stamp(self.now, &self.caller.trace);
        self.log.append(events::Event::new(stamp, self.caller.user, payload));
    }
}

fn found(task: Option<Task>, condition: &IfMatch) -> Result<Task, Problem> {
    let task = task.ok_or_else(Problem::not_found)?;
    condition.demand(task.version)?;
    Ok(task)
}

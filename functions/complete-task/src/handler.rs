//! The operations.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{Place, Task, TaskId, transition};
use events::{Event, EventType, TaskChanged};
use runtime::{
    App, Caller, Problem,
    http::{answer, condition},
    input::{Command, PathId},
};
use storage::{
    log::LogTransaction,
    tasks::{self, Author},
};

pub(crate) async fn complete(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId,
    command: Command,
) -> Result<Response, Problem> {
    change(&app, &caller, TaskId(id), &command, Transition::Complete).await
}

pub(crate) async fn reopen(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId,
    command: Command,
) -> Result<Response, Problem> {
    change(&app, &caller, TaskId(id), &command, Transition::Reopen).await
}

#[derive(Debug, Clone, Copy)]
enum Transition {
    Complete,
    Reopen,
}

/// A transition in progress.
struct Change<'a> {
    app: &'a App,
    caller: &'a Caller,
    now: DateTime<Utc>,
    log: LogTransaction,
}

async fn change(
    app: &App,
    caller: &Caller,
    id: TaskId,
    command: &Command,
    transition: Transition,
) -> Result<Response, Problem> {
    let Some(mut log) = LogTransaction::begin(&app.database, caller.user).await? else {
        return Err(Problem::not_found());
    };
    let now = app.clock.now();
    if let Some(replayed) = command.idempotency.replay(log.connection(), caller.user, now).await? {
        // Reading the answer may have forgotten one that was too old; nothing else was written.
        log.commit().await?;
        return Ok(replayed);
    }
    let mut task = tasks::load(log.connection(), caller.user, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    condition::demand_match(&command.headers, task.version)?;
    let mut change = Change { app, caller, now, log };
    match transition {
        Transition::Complete => change.complete(&mut task).await?,
        Transition::Reopen => change.reopen(&mut task).await?,
    }
    let answer = answer::of_task(&task);
    command
        .idempotency
        .keep(change.log.connection(), caller.user, &answer, now)
        .await?;
    change.log.commit().await?;
    app.nudge.committed();
    Ok(answer::respond(answer))
}

impl Change<'_> {
    async fn complete(&mut self, task: &mut Task) -> Result<(), Problem> {
        let changed = transition::complete(task, self.now);
        if changed.is_empty() {
            return Ok(());
        }
        self.write(task, EventType::TaskCompleted, &changed, Author::Person)
            .await?;
        if task.place.is_some() {
            tasks::await_successor(self.log.connection(), self.caller.user, task.id, self.now).await?;
        }
        Ok(())
    }

    async fn reopen(&mut self, task: &mut Task) -> Result<(), Problem> {
        let changed = transition::reopen(task, self.now);
        if changed.is_empty() {
            return Ok(());
        }
        self.write(task, EventType::TaskReopened, &changed, Author::Person)
            .await?;
        if let Some(place) = &task.place {
            tasks::stop_awaiting_successor(self.log.connection(), self.caller.user, task.id).await?;
            self.withdraw_successor(place).await?;
        }
        Ok(())
    }

    /// Takes back the occurrence that the completion made, unless a person has made it theirs.
    async fn withdraw_successor(&mut self, place: &Place) -> Result<(), Problem> {
        let (user, next) = (self.caller.user, place.occurrence + 1);
        let Some(mut successor) = tasks::generated(self.log.connection(), user, place.series_id, next).await? else {
            return Ok(());
        };
        if successor.is_touched {
            return Ok(());
        }
        let changed = transition::withdraw(&mut successor.task, self.now);
        if changed.is_empty() {
            return Ok(());
        }
        self.write(&successor.task, EventType::TaskDeleted, &changed, Author::Dormouse)
            .await?;
        tasks::withdraw(self.log.connection(), user, successor.task.id).await?;
        Ok(())
    }

    async fn write(
        &mut self,
        task: &Task,
        kind: EventType,
        changed: &[&'static str],
        author: Author,
    ) -> Result<(), Problem> {
        tasks::update(self.log.connection(), self.caller.user, task, author).await?;
        let stamp = self.app.clock.stamp(self.now, &self.caller.trace);
        self.log.append(Event::new(
            stamp,
            self.caller.user,
            &TaskChanged { kind, task, changed },
        ));
        Ok(())
    }
}

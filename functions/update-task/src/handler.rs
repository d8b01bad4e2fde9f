//! The operations.

use api_description::{
    answers::{CommandRefusals, TaskAnswer},
    parameters::{self, IdempotencyKey},
    schemas::{Nothing, TaskPatch},
};
use axum::{extract::State, response::Response};
use domain::{
    Place, Scope, Task, TaskId,
    skip::{self, SkipError},
    update::{SeriesUpdate, Standing, Update, UpdateError},
};
use events::{EventType, TaskChanged};
use runtime::{
    App, Caller, Problem,
    command::{self, Command},
    http::{answer, condition::IfMatch},
    input::{Bodiless, MergePatch, Object, PathId},
};
use storage::{series, tasks};

use crate::read;

const FOLLOWED: &str = "A later occurrence of the series stands. Change that one, or this one alone with scope=this.";
const FOLLOWED_SKIP: &str = "A later occurrence of the series stands. Complete this one, or delete it.";
const NO_SERIES: &str = "The task does not recur, so it has no next date.";

/// Change a task
///
/// A JSON Merge Patch (RFC 7396): members that are given change, members that are null take their defaults. Reminders
/// are matched by id. What was read can be sent back as it was.
#[utoipa::path(
    patch,
    path = "/v1/tasks/{id}",
    operation_id = "updateTask",
    tag = "tasks",
    params(parameters::PathId, ScopeParameter, IdempotencyKey, parameters::IfMatch),
    request_body(
        description = "The members to change",
        content(
            (TaskPatch = "application/merge-patch+json", example = json!(api_description::samples::task_patch())),
            (TaskPatch = "application/json", example = json!(api_description::samples::task_patch()))
        )
    ),
    responses(
        (status = 200, response = TaskAnswer),
        CommandRefusals
    )
)]
pub(crate) async fn update(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId,
    mut request: MergePatch,
) -> Result<Response, Problem> {
    let scope = request.query.optional("scope", read::scope);
    request.query.finish()?;
    let condition = IfMatch::read(&request.headers)?;
    command::once(&app, &caller, &request.idempotency, async |command| {
        let mut task = command.task(TaskId(id), &condition).await?;
        let update = decide(command, &mut task, scope, request.object).await?;
        write_series(command, &task, &update.series).await?;
        // Also where all that is new is the revision it belongs to, which nobody is shown.
        let is_revised = matches!(update.series, SeriesUpdate::Revision(_));
        if is_revised || !update.changed.is_empty() {
            write(command, &task, &update.changed).await?;
        }
        if is_revised && task.is_completed() {
            // The completion that led nowhere under the old rule may lead somewhere under the new one.
            tasks::await_successor(command.log.connection(), caller.user, task.id, command.now).await?;
        }
        Ok(answer::of_task(&task))
    })
    .await
}

/// Skip an occurrence
///
/// The occurrence moves to its next date. 422 where the task does not recur, or its series has gone on already.
#[utoipa::path(
    post,
    path = "/v1/tasks/{id}/skip",
    operation_id = "skipOccurrence",
    tag = "tasks",
    params(parameters::PathId, IdempotencyKey, parameters::IfMatch),
    request_body(content = Option<Nothing>),
    responses(
        (status = 200, response = TaskAnswer),
        CommandRefusals
    )
)]
pub(crate) async fn skip(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId,
    request: Bodiless,
) -> Result<Response, Problem> {
    let condition = IfMatch::read(&request.headers)?;
    command::once(&app, &caller, &request.idempotency, async |command| {
        let mut task = command.task(TaskId(id), &condition).await?;
        let place = task.place.clone().ok_or_else(|| Problem::not_possible(NO_SERIES))?;
        let mut standing = standing(command, &place).await?;
        if !standing.is_latest {
            return Err(Problem::not_possible(FOLLOWED_SKIP));
        }
        let skipped = skip::skip(&mut task, &place, &mut standing.series, command.now);
        let changed = skipped.map_err(|error: SkipError| Problem::not_possible(error.to_string()))?;
        series::put(command.log.connection(), caller.user, &standing.series).await?;
        write(command, &task, &changed).await?;
        Ok(answer::of_task(&task))
    })
    .await
}

/// Which occurrences, for the API's document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is looked at only to be described")]
struct ScopeParameter {
    /// Whether the change is for this occurrence alone, or for those that follow, too. Without it, a new `due_date` alone
    /// is for this one and anything else for those that follow, too, unless a later one stands already.
    #[param(nullable = false, inline)]
    scope: Option<ScopeName>,
}

#[derive(utoipa::ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "it is looked at only to be described")]
enum ScopeName {
    This,
    Following,
}

/// The series that has the occurrence at `place`.
async fn standing(command: &mut Command<'_>, place: &Place) -> Result<Standing, Problem> {
    let user = command.caller.user;
    let connection = command.log.connection();
    let series = series::load(&mut *connection, user, place.series_id, place.revision).await?;
    let is_followed = tasks::is_followed(connection, user, place.series_id, place.occurrence).await?;
    Ok(Standing {
        // The database keeps a series for as long as a task refers to it.
        series: series.ok_or_else(Problem::internal)?,
        is_latest: !is_followed,
    })
}

/// What the patch makes of the task, with every fault of what it says and of how that fits together.
async fn decide(
    command: &mut Command<'_>,
    task: &mut Task,
    scope: Option<Scope>,
    object: Object,
) -> Result<Update, Problem> {
    let standing = match task.place.clone() {
        Some(place) => Some(standing(command, &place).await?),
        None => None,
    };
    let mut read = read::patch(object, task);
    let clock = &command.app.clock;
    match read.patch.apply(task, standing, scope, command.now, || clock.new_id()) {
        Ok(update) if read.faults.is_empty() => return Ok(update),
        Err(UpdateError::LaterOccurrence) if read.faults.is_empty() => return Err(Problem::not_possible(FOLLOWED)),
        Err(UpdateError::Faults(unfit)) if read.is_timing_read => read.faults.extend(unfit),
        _ => {}
    }
    Err(read.faults.into())
}

async fn write_series(command: &mut Command<'_>, task: &Task, update: &SeriesUpdate) -> Result<(), Problem> {
    let user = command.caller.user;
    let connection = command.log.connection();
    match update {
        SeriesUpdate::Untouched => {}
        SeriesUpdate::Template(series) => series::put_template(connection, user, series).await?,
        SeriesUpdate::Revision(series) => series::put(connection, user, series).await?,
        SeriesUpdate::Left => tasks::stop_awaiting_successor(connection, user, task.id).await?,
    }
    Ok(())
}

async fn write(command: &mut Command<'_>, task: &Task, changed: &[&'static str]) -> Result<(), Problem> {
    tasks::rewrite(command.log.connection(), command.caller.user, task).await?;
    if !changed.is_empty() {
        command.append(&TaskChanged {
            kind: EventType::TaskUpdated,
            task,
            changed,
        });
    }
    Ok(())
}

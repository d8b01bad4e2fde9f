//! Creating a task: one statement.

use domain::{Series, Task, UserId};
use events::Event;
use sqlx::PgConnection;

use super::{derived::Derived, reminder_columns::ReminderColumns};
use crate::{
    Error, civil,
    idempotency::{self, Key},
    log::chain::{self, Sealed},
    series,
};

/// What a creation writes.
#[derive(Debug)]
pub struct Creation<'a> {
    /// The task.
    pub task: &'a Task,
    /// The series it begins, when it recurs.
    pub series: Option<&'a Series>,
    /// Its event.
    pub event: &'a Event,
    /// The answer to keep for repetitions of the request.
    pub answer: Option<Answer<'a>>,
}

/// An answer to keep, under its request's key.
pub type Answer<'a> = (&'a Key<'a>, &'a idempotency::Answer);

/// Why a task was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The request's idempotency key is taken; its answer can now be read.
    #[error("the idempotency key is taken")]
    KeyTaken,
    /// The database could not write it.
    #[error(transparent)]
    Storage(#[from] Error),
}

/// Writes a task, its reminders, its series, its event and the answer to keep, all in one statement that begins with
/// an upsert of the user's head. Everything else selects from the head, so that locks are taken in one order and a
/// user who never wrote before just works. A taken key aborts it whole: `ON CONFLICT DO NOTHING` would burn a number,
/// and `WHERE NOT EXISTS` would read the snapshot from before the wait for the head.
///
/// # Errors
/// [`CreateError::KeyTaken`], or [`CreateError::Storage`] when it could not be written.
pub async fn create(connection: &mut PgConnection, user: UserId, creation: &Creation<'_>) -> Result<(), CreateError> {
    match write(connection, user, creation).await.map_err(Error::from) {
        Ok(()) => Ok(()),
        Err(Error::Constraint(name)) if name == idempotency::TAKEN => Err(CreateError::KeyTaken),
        Err(error) => Err(error.into()),
    }
}

#[expect(clippy::too_many_lines, reason = "one statement, whose parameters are a line each")]
async fn write(connection: &mut PgConnection, user: UserId, creation: &Creation<'_>) -> Result<(), sqlx::Error> {
    let Creation {
        task,
        series,
        event,
        answer,
    } = creation;
    let digest = chain::digest(&event.data);
    let sealed = Sealed::of(event, &digest).encode();
    let (due_date, due_time) = civil::to_nullable_columns(task.due.map(|due| due.date));
    let place = task.place.as_ref();
    let (scheduled_date, scheduled_time) = civil::to_nullable_columns(place.map(|place| place.scheduled_for));
    let reminders = ReminderColumns::of(&task.reminders);
    let series = series.map(series::Columns::of);
    let derived = Derived::of(user, task);
    sqlx::query!(
        r#"WITH head AS (
               INSERT INTO log_heads AS h (user_id, seq, hash)
               VALUES ($1, 1, sha256(uuid_send($1) || int8send(1) || $2))
               ON CONFLICT (user_id) DO UPDATE
               SET seq = h.seq + 1, hash = sha256(h.hash || uuid_send($1) || int8send(h.seq + 1) || $2)
               RETURNING seq, hash
           ), pending AS (
               INSERT INTO log_pending (user_id) SELECT $1 FROM head ON CONFLICT DO NOTHING
           ), recurring AS (
               INSERT INTO series (user_id, id, revision, rule, mode, start_date, start_time, first_occurrence, time_zone,
                                   exceptions, additions, template, highest_occurrence, rule_index, last_date, last_time)
               SELECT $1, $3, 1, $4, $5, $6, $7, 1, $8, $9, $10, $11::text::json, 1, $46, $47, $48 FROM head WHERE $3::uuid IS NOT NULL
           ), task AS (
               INSERT INTO tasks (user_id, id, title, description, priority, tags, time_zone, due_date, due_time, due_at,
                                  series_id, series_revision, occurrence, scheduled_date, scheduled_time, version,
                                  created_at, updated_at, overdue_at, title_key, search)
               SELECT $1, $12, $13, $14, $15, $16, $17, $18, $19, $20, $3, CASE WHEN $3 IS NOT NULL THEN 1 END, $21, $22,
                      $23, $24, $25, $25, $49, $50, $51::text::tsvector FROM head
           ), reminded AS (
               INSERT INTO reminders (user_id, task_id, id, position, at, "offset", fire_at, state, generation)
               SELECT $1, $12, r.* FROM head,
                   unnest($26::uuid[], $27::smallint[], $28::timestamptz[], $29::text[], $30::timestamptz[], $31::text[],
                          $32::integer[]) AS r
           ), answered AS (
               INSERT INTO idempotency_keys (user_id, path, key, request_digest, status, location, etag, body, created_at)
               SELECT $1, $33, $34, $35, $36, $37, $38, $39, $25 FROM head WHERE $34::text IS NOT NULL
           )
           INSERT INTO events (user_id, seq, id, type, task_id, version, data, digest, hash, traceparent, time)
           SELECT $1, head.seq, $40, $41, $12, $24, $42::text::json, $43, head.hash, $44, $45 FROM head"#,
        user.0,
        sealed,
        series.as_ref().map(|s| s.id),
        series.as_ref().map(|s| s.rule.as_str()),
        series.as_ref().map(|s| s.mode),
        series.as_ref().map(|s| s.start_date),
        series.as_ref().and_then(|s| s.start_time),
        series.as_ref().map(|s| s.time_zone.as_str()),
        series.as_ref().map(|s| s.exceptions.as_slice()),
        series.as_ref().map(|s| s.additions.as_slice()),
        series.as_ref().map(|s| s.template.as_str()),
        task.id.0,
        task.title.as_str(),
        task.description.as_str(),
        task.priority.as_str(),
        task.tags.as_slice(),
        task.time_zone.to_string(),
        due_date,
        due_time,
        task.due.map(|due| due.at),
        place.map(|place| place.occurrence.cast_signed()),
        scheduled_date,
        scheduled_time,
        task.version,
        task.created_at,
        &reminders.ids,
        &reminders.positions,
        &reminders.ats as &[Option<chrono::DateTime<chrono::Utc>>],
        &reminders.offsets as &[Option<String>],
        &reminders.fire_ats,
        &reminders.states,
        &reminders.generations,
        answer.map(|(key, _)| key.path),
        answer.map(|(key, _)| key.key),
        answer.map(|(key, _)| key.request_digest.as_slice()),
        answer.map(|(_, answer)| answer.status),
        answer.and_then(|(_, answer)| answer.location.as_deref()),
        answer.and_then(|(_, answer)| answer.etag.as_deref()),
        answer.map(|(_, answer)| answer.body.as_str()),
        event.id,
        event.kind.as_str(),
        event.data.as_str(),
        digest.as_slice(),
        event.traceparent.as_deref(),
        event.time,
        series.as_ref().and_then(|s| s.rule_index),
        series.as_ref().and_then(|s| s.last_date),
        series.as_ref().and_then(|s| s.last_time),
        derived.overdue_at,
        derived.title_key,
        derived.search,
    )
    .execute(connection)
    .await?;
    Ok(())
}

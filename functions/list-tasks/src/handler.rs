//! The operation.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{Task, TaskId};
use runtime::{
    App, Caller, Problem,
    cursor::{self, Page},
    http::answer,
    input::{Query, page_limit},
};
use storage::tasks::{self, Position, Status};

const DEFAULT_LIMIT: usize = 50;

/// A position as a cursor carries it.
type Place = (Option<DateTime<Utc>>, TaskId);

pub(crate) async fn list(State(app): State<App>, caller: Caller, mut query: Query) -> Result<Response, Problem> {
    let status = query.optional("status", read_status).unwrap_or(Status::Pending);
    let limit = query.optional("limit", page_limit).unwrap_or(DEFAULT_LIMIT);
    let scope = format!("tasks {} {status:?}", caller.user);
    let after = query.optional("cursor", |text| {
        cursor::decode::<Place>(&scope, text).ok_or(cursor::FOREIGN)
    });
    query.finish()?;
    let after = after.map(|(due_at, id)| Position { due_at, id });
    let mut session = app.database.session().await?;
    let found = tasks::list(&mut session, caller.user, status, after, Page::<Task>::to_read(limit)).await?;
    session.finish().await?;
    let page = Page::of(&scope, limit, found, |task| (task.due.map(|due| due.at), task.id));
    Ok(answer::respond(answer::of_json(&page)))
}

fn read_status(text: &str) -> Result<Status, &'static str> {
    match text {
        "pending" => Ok(Status::Pending),
        "completed" => Ok(Status::Completed),
        "all" => Ok(Status::All),
        _ => Err("must be pending, completed or all"),
    }
}

//! The operation.

use axum::{extract::State, response::Response};
use runtime::{
    App, Caller, Problem,
    cursor::{self, Page},
    http::answer,
    input::Query,
};
use storage::tasks;

use crate::parameters::Parameters;

pub(crate) async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let Parameters {
        listing,
        limit,
        scope,
        after,
    } = Parameters::read(query, caller.user)?;
    let mut snapshot = app.database.list_snapshot().await?;
    let listed = tasks::list(
        &mut snapshot,
        caller.user,
        &listing,
        app.clock.now(),
        after.as_ref(),
        limit,
    )
    .await?;
    snapshot.commit().await.map_err(storage::Error::from)?;
    let page = Page {
        items: listed.tasks,
        next_cursor: listed.next.map(|position| cursor::encode(&scope, &position)),
    };
    Ok(answer::respond(answer::of_json(&page)))
}

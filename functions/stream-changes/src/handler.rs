//! The operation.

use std::sync::Arc;

use api_description::{
    answers::TokenExpired,
    samples,
    schemas::{Changes as ChangesPage, texts::Token},
};
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Response, Sse},
};
use domain::UserId;
use events::cloud_event;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use runtime::{
    App, Caller, Problem,
    http::{accept::wants_event_stream, answer, server::Stopping},
    input::{Query, page_limit},
};
use serde::Serialize;
use serde_json::Value;
use storage::log::changes;

use crate::{
    stream::{self, Stream},
    tail::Tail,
    token::{self, Since},
};

const DEFAULT_LIMIT: usize = 50;
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Proxies that gather an answer before they pass it on leave this one alone.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// What the operation is made with.
#[derive(Debug, Clone)]
pub(crate) struct Changes {
    pub(crate) app: App,
    pub(crate) tail: Arc<Tail>,
}

#[derive(Serialize)]
struct Page {
    events: Vec<Value>,
    next_token: String,
    more: bool,
}

/// What the query says, for the API's document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is looked at only to be described")]
struct QueryParameters {
    /// From where on: a `next_token`, or the id of a streamed event. `latest` gives a token only, to read the lists and
    /// go on from; without it the log is read from its beginning.
    #[param(nullable = false, example = "latest")]
    since: Option<Token>,
    /// The most events of a page, 50 by default; a stream has no pages, and takes none.
    #[param(nullable = false, minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// What the headers say, for the API's document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it is looked at only to be described")]
struct HeaderParameters {
    /// How far a stream came before it broke off; outweighs `since`. Pages do not look at it.
    #[param(rename = "Last-Event-ID", nullable = false)]
    last_event_id: Option<String>,
}

/// Read changes
///
/// Every event of the user's log from a sync token on, by the page; or, with `Accept: text/event-stream`, as they
/// happen, each event's id its token. A stream ends within five minutes, and its client goes on with `Last-Event-ID`.
#[utoipa::path(
    get,
    path = "/v1/changes",
    operation_id = "readChanges",
    tag = "changes",
    params(QueryParameters, HeaderParameters),
    responses(
        (
            status = 200,
            description = "A page of the log, or a stream",
            content(
                (ChangesPage = "application/json", example = json!(samples::changes())),
                (String = "text/event-stream", example = json!(samples::STREAM))
            ),
            links(("next" = (operation_id = "readChanges", parameters(("since" = "$response.body#/next_token")))))
        ),
        (status = 410, response = TokenExpired)
    )
)]
pub(crate) async fn changes(
    State(Changes { app, tail }): State<Changes>,
    caller: Caller,
    mut query: Query,
    stopping: Option<Extension<Stopping>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let user = caller.user;
    let since = query.optional("since", |text| Since::read(user, text));
    let since = since.unwrap_or(Since::Beginning);
    if wants_event_stream(&headers) {
        query.finish()?;
        // A client that was cut off sends its first address again, with how far it came.
        let since = resumed(user, &headers)?.unwrap_or(since);
        let stopping = stopping.map_or_else(Stopping::default, |Extension(stopping)| stopping);
        return stream(app, &tail, user, since, stopping).await;
    }
    let limit = query.optional("limit", page_limit).unwrap_or(DEFAULT_LIMIT);
    query.finish()?;
    page(&app, user, since, limit).await
}

fn resumed(user: UserId, headers: &HeaderMap) -> Result<Option<Since>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID) else {
        return Ok(None);
    };
    let since = Since::read(user, value.to_str().unwrap_or_default());
    since
        .map(Some)
        .map_err(|detail| Problem::malformed_header(&LAST_EVENT_ID, detail))
}

async fn page(app: &App, user: UserId, since: Since, limit: usize) -> Result<Response, Problem> {
    let mut session = app.database.session().await?;
    let standing = changes::standing(&mut session, user).await?;
    let position = since.position(&standing)?;
    let changes = match since {
        // What is committed by now comes after it.
        Since::Latest => changes::Changes::none(position),
        Since::Beginning | Since::Token(..) => changes::after(&mut session, user, position, limit).await?,
    };
    session.finish().await?;
    let events = changes.events.iter();
    Ok(answer::respond(answer::of_json(&Page {
        events: events
            .map(|event| cloud_event::to_json(event, standing.installation))
            .collect(),
        next_token: token::write(user, standing.era, changes.upto),
        more: changes.has_more,
    })))
}

async fn stream(
    app: App,
    tail: &Arc<Tail>,
    user: UserId,
    since: Since,
    stopping: Stopping,
) -> Result<Response, Problem> {
    // Before the log is looked at, so that nothing is committed unnoticed in between.
    let watch = tail.watch(user)?;
    let mut session = app.database.session().await?;
    let standing = changes::standing(&mut session, user).await?;
    session.finish().await?;
    let position = since.position(&standing)?;
    let stream = stream::of(Stream::new(app.database, user, standing, position, watch), stopping.0);
    let mut response = Sse::new(stream).keep_alive(stream::keep_alive()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
    Ok(response)
}

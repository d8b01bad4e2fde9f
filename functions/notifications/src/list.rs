//! Listing the inbox.

use api_description::{parameters, schemas::NotificationPage};
use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{Notification, NotificationId};
use runtime::{
    App, Caller, Problem,
    cursor::{self, Page},
    http::answer,
    input::{Query, page_limit},
};
use storage::notifications::{self, Position};

const DEFAULT_LIMIT: usize = 50;

/// A position as a cursor carries it.
type Place = (DateTime<Utc>, NotificationId);

/// List notifications
///
/// The newest first.
#[utoipa::path(
    get,
    path = "/v1/notifications",
    operation_id = "listNotifications",
    tag = "notifications",
    params(
        ("unread" = Option<bool>, Query, description = "Only those not read", nullable = false, example = true),
        parameters::Page
    ),
    responses((
        status = 200,
        description = "A page of the inbox",
        body = NotificationPage,
        links(
            ("next" = (operation_id = "listNotifications", parameters(("cursor" = "$response.body#/next_cursor")))),
            ("read" = (operation_id = "markRead", parameters(("id" = "$response.body#/items/0/id")))),
            ("snooze" = (operation_id = "snooze", parameters(("id" = "$response.body#/items/0/id"))))
        ),
        example = json!(api_description::samples::notification_page())
    ))
)]
pub(crate) async fn list(State(app): State<App>, caller: Caller, mut query: Query) -> Result<Response, Problem> {
    let only_unread = query.optional("unread", read_flag).unwrap_or(false);
    let limit = query.optional("limit", page_limit).unwrap_or(DEFAULT_LIMIT);
    let scope = format!("notifications {} {only_unread}", caller.user);
    let after = query.optional("cursor", |text| {
        cursor::decode::<Place>(&scope, text).ok_or(cursor::FOREIGN)
    });
    query.finish()?;
    let after = after.map(|(created_at, id)| Position { created_at, id });
    let to_read = Page::<Notification>::to_read(limit);
    let mut session = app.database.session().await?;
    let found = notifications::list(&mut session, caller.user, only_unread, after, to_read).await?;
    session.finish().await?;
    let page = Page::of(&scope, limit, found, |notification| {
        (notification.created_at, notification.id)
    });
    Ok(answer::respond(answer::of_json(&page)))
}

fn read_flag(text: &str) -> Result<bool, &'static str> {
    text.parse().map_err(|_| "must be true or false")
}

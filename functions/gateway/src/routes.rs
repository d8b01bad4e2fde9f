//! Which function answers which request. A test compares this with what the functions say themselves.

use std::collections::BTreeSet;

use http::Method;

/// A method of a path, and the function that answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The method. `GET` takes `HEAD` too.
    pub method: Method,
    /// The path, as a router reads it.
    pub path: &'static str,
    /// The function's name.
    pub function: &'static str,
}

/// Every route of the API.
pub const ROUTES: &[Route] = &[
    route(Method::GET, "/v1/changes", "stream-changes"),
    route(Method::GET, "/v1/notifications", "notifications"),
    route(Method::POST, "/v1/notifications/{id}/read", "notifications"),
    route(Method::POST, "/v1/notifications/{id}/snooze", "notifications"),
    route(Method::POST, "/v1/recurrences/preview", "preview-recurrence"),
    route(Method::GET, "/v1/tasks", "list-tasks"),
    route(Method::POST, "/v1/tasks", "create-task"),
    route(Method::DELETE, "/v1/tasks/{id}", "delete-task"),
    route(Method::GET, "/v1/tasks/{id}", "get-task"),
    route(Method::PATCH, "/v1/tasks/{id}", "update-task"),
    route(Method::POST, "/v1/tasks/{id}/complete", "complete-task"),
    route(Method::GET, "/v1/tasks/{id}/events", "get-task"),
    route(Method::POST, "/v1/tasks/{id}/reopen", "complete-task"),
    route(Method::POST, "/v1/tasks/{id}/restore", "delete-task"),
    route(Method::POST, "/v1/tasks/{id}/skip", "update-task"),
];

const fn route(method: Method, path: &'static str, function: &'static str) -> Route {
    Route { method, path, function }
}

/// The functions that the routes name.
#[must_use]
pub fn functions() -> BTreeSet<&'static str> {
    ROUTES.iter().map(|route| route.function).collect()
}

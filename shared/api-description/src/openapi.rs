//! The one OpenAPI document, joined of what the functions say of themselves.

use serde_json::{Value, json};
use utoipa::{
    OpenApi,
    openapi::{
        self, HeaderBuilder, RefOr,
        header::Header,
        path::{Operation, PathItem},
        response::Response,
        schema::{ObjectBuilder, Type},
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use crate::{answers, schemas};

const DESCRIPTION: &str = "\
Dormouse keeps tasks, reminds of them at the right moment, and makes the next occurrence of what repeats.

**Who is asking.** A service for more than one person takes a token of its issuer with each request; one that runs for \
one person on their own machine takes none. Nobody sees anything of anybody else's: what belongs to another user is \
answered as if there were no such thing.

**Repeating a request.** Every request that writes takes an `Idempotency-Key`. Sent again with the same key, it is \
answered again and not done again.

**Changing what others change.** A task's `ETag` is its version; `If-Match` guards a change.

**Problems** are `application/problem+json` (RFC 9457); the `type` of each leads to its explanation. All faults of a \
request are named at once.

**Every answer** has an `X-Request-Id`: the one that the request brought, or a new one. `HEAD` is answered wherever \
`GET` is. Bodies have at most 256 KiB. Members and answers may be added; unknown members that are sent are refused.";

#[derive(OpenApi)]
#[openapi(
    info(title = "Dormouse", description = DESCRIPTION, license(name = "Apache-2.0", identifier = "Apache-2.0")),
    servers((url = "/", description = "Wherever this document came from")),
    tags(
        (name = "tasks", description = "What is to be done, and when"),
        (name = "recurrences", description = "What repeats"),
        (name = "notifications", description = "The inbox of what reminders brought"),
        (name = "changes", description = "What happened, from a point on and as it happens")
    ),
    components(schemas(
        schemas::Task, schemas::Notification, schemas::Problem,
    )),
    security((), ("token" = []))
)]
struct Base;

/// The document of the operations that `parts` describe.
///
/// # Panics
/// Never: the document has string keys only.
#[must_use]
pub fn join(parts: impl IntoIterator<Item = openapi::OpenApi>) -> Value {
    let mut document = parts.into_iter().fold(Base::openapi(), |mut document, part| {
        document.merge(part);
        document
    });
    let mut components = document.components.take().unwrap_or_default();
    for (name, mut answer) in answers::all() {
        identify(&mut answer);
        components.responses.insert(name.to_owned(), answer);
    }
    components.schemas.extend(answers::problem_schemas());
    components
        .security_schemes
        .insert("token".to_owned(), RefOr::T(bearer()));
    document.components = Some(components);
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            complete(operation);
        }
    }
    let mut document = serde_json::to_value(&document).expect("the document has string keys only");
    refine(&mut document);
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem {
        get,
        post,
        patch,
        delete,
        put,
        ..
    } = item;
    [get, post, patch, delete, put].into_iter().flatten()
}

/// Adds what any operation may be answered, and what is in each answer.
fn complete(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    for answer in responses.values_mut() {
        identify(answer);
    }
    for (status, answer) in answers::of_every_operation() {
        responses.entry(status).or_insert(answer);
    }
}

fn identify(answer: &mut RefOr<Response>) {
    if let RefOr::T(answer) = answer {
        answer.headers.insert("X-Request-Id".to_owned(), request_id().into());
    }
}

fn request_id() -> Header {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^[A-Za-z0-9._-]{1,64}$"));
    HeaderBuilder::new()
        .schema(Some(schema))
        .description(Some("The request's id, as the log has it."))
        .build()
}

fn bearer() -> SecurityScheme {
    let description =
        "A JWT of the service's issuer (EdDSA, ES256 or RS256). Without a configured issuer none is asked for.";
    let mut http = Http::new(HttpAuthScheme::Bearer);
    http.bearer_format = Some("JWT".to_owned());
    http.description = Some(description.to_owned());
    SecurityScheme::Http(http)
}

/// Says what utoipa has no word for.
fn refine(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(headers) = members.get_mut("headers") {
                demand_headers(headers);
            }
            if let Some(body) = members.get_mut("requestBody") {
                leave_out_null(&mut body["content"]);
            }
            members.values_mut().for_each(refine);
        }
        Value::Array(items) => items.iter_mut().for_each(refine),
        _ => {}
    }
}

/// Every header is always there, save those that an answer may lack.
fn demand_headers(headers: &mut Value) {
    for (name, header) in headers.as_object_mut().into_iter().flatten() {
        header["required"] = json!(!answers::OPTIONAL_HEADERS.contains(&name.as_str()));
    }
}

/// A body that may be absent is not one that may be null.
fn leave_out_null(content: &mut Value) {
    let null = json!({"type": "null"});
    for (_, content) in content.as_object_mut().into_iter().flatten() {
        let schema = &mut content["schema"];
        if schema["oneOf"][1] == null {
            *schema = schema["oneOf"][0].take();
        }
    }
}

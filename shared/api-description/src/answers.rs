//! Answers that several operations give, each a component of its own.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::{
    IntoResponses, ToResponse,
    openapi::{
        ContentBuilder, HeaderBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, ResponseBuilder, SchemaFormat,
        example::ExampleBuilder,
        header::Header,
        link::{Link, LinkBuilder},
        response::Response,
        schema::{AllOfBuilder, Schema, Type},
    },
};

use crate::{problems, samples};

/// Headers that an answer may lack; every other one that is described is always there.
pub(crate) const OPTIONAL_HEADERS: [&str; 4] =
    ["Accept-Patch", "Idempotency-Replayed", "RateLimit", "RateLimit-Policy"];

macro_rules! answers {
    ($($(#[doc = $doc:literal])+ $name:ident = $build:expr;)*) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl<'r> ToResponse<'r> for $name {
                fn response() -> (&'r str, RefOr<Response>) {
                    let build: fn(&str) -> ResponseBuilder = $build;
                    (stringify!($name), build(concat!($($doc),+).trim()).build().into())
                }
            }
        )*

        /// Every answer, by its name.
        pub(crate) fn all() -> Vec<(&'static str, RefOr<Response>)> {
            vec![$($name::response()),*]
        }
    };
}

answers! {
    /// The task.
    TaskAnswer = |description| to_task(description).header("Idempotency-Replayed", replayed());
    /// The task as it was created.
    TaskCreated = |description| {
        to_task(description)
            .header("Idempotency-Replayed", replayed())
            .header("Location", text("Where the task is."))
    };
    /// The task, of which a client may have this version already.
    TaskRead = to_task;
    /// The task is as the client has it.
    NotModified = |description| ResponseBuilder::new().description(description).header("ETag", etag());
    /// It is done.
    Done = |description| ResponseBuilder::new().description(description).header("Idempotency-Replayed", replayed());
    /// The notification.
    NotificationAnswer = |description| {
        json_of(description, "Notification", samples::notification())
            .header("Idempotency-Replayed", replayed())
            .link("task", link("readTask", "id", "$response.body#/task_id"))
    };

    /// The request cannot be read.
    MalformedRequest = |description| problem(400, description);
    /// It is not known who is asking.
    Unauthenticated = |description| {
        problem(401, description).header("WWW-Authenticate", text("What was wrong with the token (RFC 6750 §3)."))
    };
    /// There is no such thing, or it belongs to somebody else.
    NotFound = |description| problem(404, description);
    /// The client takes no form that the answer has.
    NotAcceptable = |description| problem(406, description);
    /// The body was not complete in time.
    RequestTimeout = |description| problem(408, description);
    /// The log does not go on from this token.
    TokenExpired = |description| problem(410, description);
    /// The task has changed since the client read it.
    PreconditionFailed = |description| problem(412, description);
    /// The body has more than 256 KiB.
    ContentTooLarge = |description| problem(413, description);
    /// The body is not said to be JSON.
    UnsupportedMediaType = |description| {
        problem(415, description)
            .header("Accept", text("What is taken."))
            .header("Accept-Patch", text("What is taken by PATCH (RFC 5789 §2.2)."))
    };
    /// The request is for another host: without tokens, this service answers to this machine only.
    MisdirectedRequest = |description| problem(421, description);
    /// The request has faults, or asks for what is not possible.
    Unprocessable = |description| problem(422, description);
    /// Too many requests, or streams, of one user.
    RateLimited = |description| {
        problem(429, description)
            .header("Retry-After", seconds())
            .header("RateLimit", text("How much is left of a user's requests, and until when."))
            .header("RateLimit-Policy", text("How many requests a user may send in which time."))
    };
    /// Something went wrong here.
    InternalError = |description| problem(500, description);
    /// The service is away or too busy.
    Unavailable = |description| problem(503, description).header("Retry-After", seconds());
}

/// What a request with a body, or with an `Idempotency-Key`, may be answered.
#[derive(Debug, Clone, Copy)]
pub struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        references(&[
            (408, "RequestTimeout"),
            (413, "ContentTooLarge"),
            (415, "UnsupportedMediaType"),
            (422, "Unprocessable"),
        ])
    }
}

/// What a command on a task may be answered, beside that it was done.
#[derive(Debug, Clone, Copy)]
pub struct CommandRefusals;

impl IntoResponses for CommandRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = Refusals::responses();
        responses.extend(references(&[(404, "NotFound"), (412, "PreconditionFailed")]));
        responses
    }
}

/// What stands around every operation, and may answer in its place: see `runtime::http::layers` and the gateway.
pub(crate) fn of_every_operation() -> BTreeMap<String, RefOr<Response>> {
    references(&[
        (400, "MalformedRequest"),
        (401, "Unauthenticated"),
        (406, "NotAcceptable"),
        (421, "MisdirectedRequest"),
        (429, "RateLimited"),
        (500, "InternalError"),
        (503, "Unavailable"),
    ])
}

fn references(answers: &[(u16, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let answers = answers.iter();
    answers
        .map(|(status, name)| (status.to_string(), Ref::from_response_name(*name).into()))
        .collect()
}

fn json_of(description: &str, schema: &str, example: Value) -> ResponseBuilder {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(schema)))
        .example(Some(example));
    ResponseBuilder::new()
        .description(description)
        .content("application/json", content.build())
}

fn to_task(description: &str) -> ResponseBuilder {
    let links = [
        "readTask",
        "readHistory",
        "updateTask",
        "completeTask",
        "reopenTask",
        "skipOccurrence",
        "deleteTask",
        "restoreTask",
    ];
    let answer = json_of(description, "Task", samples::task()).header("ETag", etag());
    links.into_iter().fold(answer, |answer, operation| {
        answer.link(operation, link(operation, "id", "$response.body#/id"))
    })
}

fn link(operation: &str, parameter: &str, value: &str) -> Link {
    let link = LinkBuilder::new().operation_id(operation);
    link.parameter(parameter, value).build()
}

fn text(description: &str) -> Header {
    let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1));
    header(schema, description)
}

fn etag() -> Header {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^\"[0-9]+\"$"));
    header(schema, "The task's version, for If-Match and If-None-Match.")
}

fn replayed() -> Header {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(["true"]));
    header(schema, "The request was answered before under its Idempotency-Key.")
}

fn seconds() -> Header {
    let schema = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(0));
    header(schema, "How many seconds to wait.")
}

fn header(schema: impl Into<RefOr<Schema>>, description: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(schema))
        .description(Some(description))
        .build()
}

fn problem_name(status: u16) -> String {
    format!("Problem{status}")
}

/// The schemas of problems by their status, by their names.
pub(crate) fn problem_schemas() -> BTreeMap<String, RefOr<Schema>> {
    let statuses = problems::ALL.iter().map(|kind| kind.status);
    statuses
        .map(|status| (problem_name(status), problem_schema(status)))
        .collect()
}

fn problem_schema(status: u16) -> RefOr<Schema> {
    let types = problems::of_status(status).map(|kind| format!("/problems/{}", kind.name));
    let kind = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(types));
    let status = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .enum_values(Some([status]));
    let narrowed = ObjectBuilder::new().property("type", kind).property("status", status);
    let problem = AllOfBuilder::new().item(Ref::from_schema_name("Problem"));
    problem.item(narrowed).into()
}

/// The answer of the problems that have this status, with an example of each.
fn problem(status: u16, description: &str) -> ResponseBuilder {
    let schema = ContentBuilder::new().schema(Some(Ref::from_schema_name(problem_name(status))));
    let content = problems::of_status(status).fold(schema, |content, kind| {
        let example = ExampleBuilder::new().summary(kind.title).value(Some(example(kind)));
        content.examples_from_iter([(kind.name, example.build())])
    });
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content.build())
}

fn example(kind: &problems::Kind) -> Value {
    let mut problem = json!({
        "type": format!("/problems/{}", kind.name),
        "title": kind.title,
        "status": kind.status,
    });
    match kind.name {
        "validation-failed" => problem["errors"] = json!([{"pointer": "/title", "detail": "must not be empty"}]),
        "malformed-request" => {
            let detail = "must be a whole number from 1 to 200";
            problem["errors"] = json!([{"parameter": "limit", "detail": detail}]);
        }
        _ => problem["detail"] = kind.remedy.into(),
    }
    problem
}

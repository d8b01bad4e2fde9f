//! The operation.

use api_description::{
    answers::Refusals,
    schemas::{Preview, PreviewRequest as PreviewBody},
};
use axum::response::Response;
use domain::{
    Civil, Fault,
    recurrence::{PreviewRequest, Rule},
};
use runtime::{
    Caller, Problem,
    http::answer,
    input::{Object, Submission},
};
use tokio::task::spawn_blocking;

/// The most dates that are given, and how many are where nothing is said.
const LIMIT: usize = 1_000;
const DEFAULT: usize = 10;

/// Preview a rule
///
/// What a rule would give, without a task: its canonical form, its meaning in English, and its first dates.
#[utoipa::path(
    post,
    path = "/v1/recurrences/preview",
    operation_id = "previewRecurrence",
    tag = "recurrences",
    request_body(content = PreviewBody, example = json!(api_description::samples::preview_request())),
    responses(
        (
            status = 200,
            description = "The first dates of the rule",
            body = Preview,
            example = json!(api_description::samples::preview())
        ),
        Refusals
    )
)]
// Nobody's data is looked at, and still nobody unknown may ask: a preview is work.
pub(crate) async fn preview(_caller: Caller, request: Submission) -> Result<Response, Problem> {
    let request = read(request.object)?;
    // A thousand dates of a rule made to be slow take a while, and others are being served on this thread.
    let preview = spawn_blocking(move || request.preview()).await.map_err(|error| {
        tracing::error!(%error, "a preview panicked");
        Problem::internal()
    })?;
    let preview =
        preview.map_err(|error| Problem::validation(vec![Fault::new("/recurrence_rule", error.to_string())]))?;
    Ok(answer::respond(answer::of_json(&preview)))
}

fn read(mut object: Object) -> Result<PreviewRequest, Problem> {
    let due_date = object.required("due_date", str::parse::<Civil>);
    let rule = object.required("recurrence_rule", str::parse::<Rule>);
    let time_zone = object.optional("time_zone", str::parse).unwrap_or_default();
    let mode = object.optional("recurrence_mode", str::parse).unwrap_or_default();
    let count = object.optional_number("count", 1..=LIMIT).unwrap_or(DEFAULT);
    let faults = object.faults();
    match (due_date, rule) {
        (Some(due_date), Some(rule)) if faults.is_empty() => Ok(PreviewRequest {
            rule,
            due_date,
            time_zone,
            mode,
            count,
        }),
        _ => Err(Problem::validation(faults)),
    }
}

//! An event's CloudEvents 1.0 form.

use chrono::SecondsFormat;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::Recorded;

/// The media type of an event's data.
pub const DATA_CONTENT_TYPE: &str = "application/json";

/// The `source` of an installation's events.
#[must_use]
pub fn source(installation: Uuid) -> String {
    format!("/dormouse/{installation}")
}

/// Every context attribute except `datacontenttype`, in CloudEvents' names: a header of the binary mode after its
/// prefix, a member of the structured mode as it is.
#[must_use]
pub fn attributes(recorded: &Recorded, installation: Uuid) -> Vec<(&'static str, String)> {
    let event = &recorded.event;
    let mut attributes = vec![
        ("specversion", "1.0".to_owned()),
        ("id", event.id.to_string()),
        ("source", source(installation)),
        ("type", event.kind.to_string()),
        ("subject", event.task_id.to_string()),
        ("time", event.time.to_rfc3339_opts(SecondsFormat::Micros, true)),
        ("dataschema", format!("urn:dormouse:event:{}:1", event.kind)),
        // An extension sorts as text, so the number is padded to its greatest width.
        ("sequence", format!("{:020}", recorded.seq)),
        ("partitionkey", event.user_id.to_string()),
    ];
    if let Some(traceparent) = &event.traceparent {
        attributes.push(("traceparent", traceparent.clone()));
    }
    attributes
}

/// The structured JSON form (CloudEvents JSON event format 1.0).
#[must_use]
pub fn to_json(recorded: &Recorded, installation: Uuid) -> Value {
    let mut document: Map<_, _> = attributes(recorded, installation)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .collect();
    document.insert("datacontenttype".to_owned(), DATA_CONTENT_TYPE.into());
    // An erased event keeps its place and has no data.
    let data = serde_json::from_str(&recorded.event.data).unwrap_or(Value::Null);
    document.insert("data".to_owned(), data);
    Value::Object(document)
}

//! The AsyncAPI document: every event, as brokers and streams carry it.

use events::EventType;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use crate::{
    samples,
    schemas::events::{NotificationEvent, ReminderEvent, SeriesEvent, TaskEvent},
};

const DESCRIPTION: &str = "\
What happens in Dormouse, as CloudEvents 1.0. A user's events are numbered by `sequence` from 1 without gaps, in the \
order they were committed, and arrive at least once and in that order; `id` tells a repetition. A consumer takes the \
ids of an event and reads the present state, for an event may be late. Members may be added; unknown ones are to be \
ignored.";

/// What an event of a kind looks like, and when it happens.
struct Message {
    name: &'static str,
    summary: &'static str,
    example: fn() -> Value,
    schema: String,
}

/// The document.
///
/// # Panics
/// Never: schemas have string keys only.
#[must_use]
pub fn document() -> Value {
    let (mut channels, mut operations, mut messages) = (Map::new(), Map::new(), Map::new());
    for kind in EventType::ALL {
        let name = kind.as_str();
        let key = name.replace('.', "-");
        let message = message(*kind);
        channels.insert(key.clone(), channel(name, &message));
        operations.insert(format!("send-{key}"), operation(&key, &message));
        messages.insert(message.name.to_owned(), describe(name, &message));
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Dormouse's events",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0"}
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas()}
    })
}

fn message(kind: EventType) -> Message {
    let (name, summary) = match kind {
        EventType::TaskCreated => (
            "TaskCreated",
            "A task was created, by a person or as the next occurrence",
        ),
        EventType::TaskUpdated => ("TaskUpdated", "Members of a task changed"),
        EventType::TaskCompleted => ("TaskCompleted", "A task was completed"),
        EventType::TaskReopened => ("TaskReopened", "A completed task was reopened"),
        EventType::TaskDeleted => (
            "TaskDeleted",
            "A task was deleted, or withdrawn with the completion that had made it",
        ),
        EventType::TaskRestored => ("TaskRestored", "A deleted or withdrawn task is back"),
        EventType::ReminderDue => ("ReminderDue", "A reminder's moment came"),
        EventType::RecurringNextCreated => ("RecurringNextCreated", "A series has its next occurrence"),
        EventType::NotificationCreated => ("NotificationCreated", "A notification was made"),
        EventType::NotificationRead => ("NotificationRead", "A notification was read"),
    };
    let (schema, example): (_, fn() -> Value) = match kind {
        EventType::ReminderDue => (ReminderEvent::name(), samples::reminder_event),
        EventType::RecurringNextCreated => (SeriesEvent::name(), samples::series_event),
        EventType::NotificationCreated | EventType::NotificationRead => {
            (NotificationEvent::name(), samples::notification_event)
        }
        _ => (TaskEvent::name(), samples::task_event),
    };
    Message {
        name,
        summary,
        example,
        schema: schema.into_owned(),
    }
}

fn channel(address: &str, message: &Message) -> Value {
    json!({
        "address": address,
        "description": "The Kafka topic; its key is the user's id, so that a user's events stay in order.",
        "messages": {message.name: {"$ref": format!("#/components/messages/{}", message.name)}}
    })
}

fn operation(channel: &str, message: &Message) -> Value {
    json!({
        "action": "send",
        "summary": message.summary,
        "channel": {"$ref": format!("#/channels/{channel}")},
        "messages": [{"$ref": format!("#/channels/{channel}/messages/{}", message.name)}]
    })
}

fn describe(kind: &str, message: &Message) -> Value {
    let mut example = (message.example)();
    example["type"] = kind.into();
    example["dataschema"] = format!("urn:dormouse:event:{kind}:1").into();
    json!({
        "name": kind,
        "summary": message.summary,
        "contentType": "application/cloudevents+json",
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {
                "$ref": format!("#/components/schemas/{}", message.schema),
                "properties": {
                    "type": {"const": kind},
                    "dataschema": {"const": format!("urn:dormouse:event:{kind}:1")}
                }
            }
        },
        "examples": [{"name": message.name, "payload": example}]
    })
}

/// The schemas of the events, and of all they are made of.
fn schemas() -> Map<String, Value> {
    let mut schemas = vec![
        (TaskEvent::name().into_owned(), TaskEvent::schema()),
        (ReminderEvent::name().into_owned(), ReminderEvent::schema()),
        (SeriesEvent::name().into_owned(), SeriesEvent::schema()),
        (NotificationEvent::name().into_owned(), NotificationEvent::schema()),
    ];
    TaskEvent::schemas(&mut schemas);
    ReminderEvent::schemas(&mut schemas);
    SeriesEvent::schemas(&mut schemas);
    NotificationEvent::schemas(&mut schemas);
    let documents = schemas.into_iter().map(|(name, schema)| {
        let schema = serde_json::to_value(schema).expect("schemas have string keys only");
        (name, schema)
    });
    documents.collect()
}

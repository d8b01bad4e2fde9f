//! An event as a Kafka message: the binary mode of CloudEvents' Kafka protocol binding 1.0.

use events::{Recorded, cloud_event};
use rdkafka::message::{Header, OwnedHeaders};
use uuid::Uuid;

/// The message's headers: each attribute after the binding's prefix, the data's media type under its own name (§3.2).
#[must_use]
pub fn headers(recorded: &Recorded, installation: Uuid) -> OwnedHeaders {
    let content_type = Header {
        key: "content-type",
        value: Some(cloud_event::DATA_CONTENT_TYPE),
    };
    let headers = OwnedHeaders::new().insert(content_type);
    let attributes = cloud_event::attributes(recorded, installation);
    attributes.iter().fold(headers, |headers, (name, value)| {
        headers.insert(Header {
            key: &format!("ce_{name}"),
            value: Some(value),
        })
    })
}

//! An event as a Kafka message: the binary mode of CloudEvents' Kafka protocol binding 1.0.

use events::{Recorded, cloud_event};
use rdkafka::message::{Header, OwnedHeaders};
use uuid::Uuid;

/// The message's headers: each attribute after the binding's prefix, the data's media type under its own name (§3.2).
#[must_use]
pub fn headers(recorded: &Recorded, installation: Uuid) -> OwnedHeaders {
    let attributes = cloud_event::attributes(recorded, installation);
    let mut headers = OwnedHeaders::new_with_capacity(attributes.len() + 1).insert(Header {
        key: "content-type",
        value: Some(cloud_event::DATA_CONTENT_TYPE),
    });
    let mut key = String::new();
    for (name, value) in &attributes {
        key.clear();
        key.push_str("ce_");
        key.push_str(name);
        headers = headers.insert(Header {
            key: &key,
            value: Some(value),
        });
    }
    headers
}

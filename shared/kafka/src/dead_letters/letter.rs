//! A dead letter as its topic has it.

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use rdkafka::Message;

use super::{Place, event};
pub use event::Event;

/// What a function could not take, with the reason in the extensions that Knative's dispatcher adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Where it is.
    pub place: Place,
    /// When it came to be there.
    pub died_at: DateTime<Utc>,
    /// What was answered last, where anything was.
    pub error: String,
    /// The event, or what there is of it; nothing of it can be relied on.
    pub event: Event,
    /// Why that is no CloudEvent.
    pub fault: Option<String>,
}

impl DeadLetter {
    /// Reads whatever `record` is.
    pub(super) fn of(place: Place, record: &impl Message) -> Self {
        let (mut event, read) = event::read(record);
        let mut take = |name| event.attributes.remove(name).unwrap_or_default();
        let (code, destination) = (take("knativeerrorcode"), take("knativeerrordest"));
        let said = said(take("knativeerrordata"));
        let error = match (&*code, &*said) {
            ("", "") if destination.is_empty() => "no reason is given".to_owned(),
            ("", "") => format!("no answer from {destination}"),
            (code, "") => code.to_owned(),
            ("", said) => said.to_owned(),
            (code, said) => format!("{code}: {said}"),
        };
        Self {
            place,
            died_at: record
                .timestamp()
                .to_millis()
                .and_then(DateTime::from_timestamp_millis)
                .unwrap_or(DateTime::UNIX_EPOCH),
            error,
            event,
            fault: read.err(),
        }
    }
}

/// What the function answered, which is base64 of anything; or not even that.
fn said(data: String) -> String {
    match BASE64_STANDARD.decode(&data) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => data,
    }
}

#[cfg(test)]
mod tests;

//! A CloudEvent of a request, by CloudEvents' HTTP binding 1.0. The SDK reads the JSON format, and makes an event of
//! attributes; how headers say these, it reads too plainly, so that is done here.

use bytes::Bytes;
use cloudevents::{
    AttributesReader, Event,
    event::SpecVersion,
    message::{BinaryDeserializer, BinarySerializer, Error, MessageAttributeValue, Result},
};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use percent_encoding::percent_decode_str;

use super::{EventError, without_values};

const PREFIX: &str = "ce-";
const SPEC_VERSION: HeaderName = HeaderName::from_static("ce-specversion");
const STRUCTURED: &str = "application/cloudevents+json";
/// What the media types of all formats begin with, single and batched.
const ANY_FORMAT: &str = "application/cloudevents";
const ATTRIBUTES: [&str; 6] = ["id", "source", "type", "subject", "time", "dataschema"];

/// Reads an event in binary mode, or in structured mode and JSON.
///
/// # Errors
/// [`EventError::Unreadable`] of anything else: batches, other formats, other versions than 1.0, and attributes that
/// are missing, empty, said twice or no text.
pub fn decode(headers: &HeaderMap, body: Bytes) -> std::result::Result<Event, EventError> {
    read(headers, body).map_err(|error| EventError::Unreadable(error.to_string()))
}

fn read(headers: &HeaderMap, body: Bytes) -> Result<Event> {
    let media_type = media_type(headers)?;
    let event = if media_type == STRUCTURED {
        serde_json::from_slice(&body).map_err(|error| no_event(without_values(&error, "it is no event in JSON")))?
    } else if media_type.starts_with(ANY_FORMAT) {
        return Err(no_event(format!("{media_type} is not read here")));
    } else {
        Binary { headers, body }.into_event()?
    };
    check(&event)?;
    Ok(event)
}

/// What Content-Type says, without parameters; media types are compared without regard to case (RFC 9110 §8.3.1).
fn media_type(headers: &HeaderMap) -> Result<String> {
    let Some(value) = only(headers, &header::CONTENT_TYPE)? else {
        return Ok(String::new());
    };
    let value = value.to_str().map_err(no_event)?.to_ascii_lowercase();
    let essence = value.split(';').next().unwrap_or_default();
    Ok(essence.trim().to_owned())
}

/// An event whose attributes are headers and whose data is the body.
struct Binary<'a> {
    headers: &'a HeaderMap,
    body: Bytes,
}

impl BinaryDeserializer for Binary<'_> {
    fn deserialize_binary<R, V: BinarySerializer<R>>(self, mut event: V) -> Result<R> {
        let version = only(self.headers, &SPEC_VERSION)?.ok_or_else(|| no_event("ce-specversion is missing"))?;
        event = event.set_spec_version(SpecVersion::try_from(text(version)?.as_str())?)?;
        for header in self.headers.keys() {
            let Some(name) = attribute(header) else { continue };
            let value = only(self.headers, header)?.map(text).transpose()?;
            let value = MessageAttributeValue::String(value.unwrap_or_default());
            event = if ATTRIBUTES.contains(&name) {
                event.set_attribute(name, value)?
            } else {
                event.set_extension(name, value)?
            };
        }
        if let Some(value) = self.headers.get(header::CONTENT_TYPE) {
            let value = value.to_str().map_err(no_event)?.to_owned();
            event = event.set_attribute("datacontenttype", MessageAttributeValue::String(value))?;
        }
        if self.body.is_empty() {
            event.end()
        } else {
            event.end_with_data(self.body.into())
        }
    }
}

/// The attribute or extension that a header says; the data's type is said by Content-Type alone (§3.1.1).
fn attribute(header: &HeaderName) -> Option<&str> {
    let name = header.as_str().strip_prefix(PREFIX)?;
    (!["specversion", "datacontenttype"].contains(&name)).then_some(name)
}

/// A header's one value: of two, nobody knows which is meant.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a HeaderValue>> {
    let mut values = headers.get_all(name).iter();
    let value = values.next();
    match values.next() {
        None => Ok(value),
        Some(_) => Err(no_event(format!("{name} is said twice"))),
    }
}

/// The text that a header's value stands for: quotation undone, then percent-decoded once (§3.1.3.2).
fn text(value: &HeaderValue) -> Result<String> {
    let value = unquoted(value.to_str().map_err(no_event)?)?;
    let text = percent_decode_str(&value).decode_utf8().map_err(no_event)?;
    Ok(text.into_owned())
}

/// Undoes quotation (RFC 9110 §5.6.4), which older versions of the binding needed.
fn unquoted(value: &str) -> Result<String> {
    let mut text = String::with_capacity(value.len());
    let mut is_quoted = false;
    let mut rest = value.chars();
    while let Some(next) = rest.next() {
        match next {
            '"' => is_quoted = !is_quoted,
            '\\' if is_quoted => text.extend(rest.next()),
            _ => text.push(next),
        }
    }
    if is_quoted {
        return Err(no_event("a quotation does not end"));
    }
    Ok(text)
}

/// What the specification asks of context attributes besides their types, and the SDK does not.
fn check(event: &Event) -> Result<()> {
    if event.specversion() != SpecVersion::V10 {
        return Err(no_event("its specversion is not 1.0"));
    }
    let is_extension = |name: &str| event.extension(name).is_some();
    for (name, value) in event.iter().filter(|(name, _)| !is_extension(name)) {
        let value = value.to_string();
        if value.is_empty() || value.contains(char::is_control) {
            return Err(no_event(format!("{name} is empty or has control characters")));
        }
    }
    Ok(())
}

fn no_event(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Other { source: why.into() }
}

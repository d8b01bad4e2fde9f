//! The CloudEvent in a record: the binary or the structured mode of CloudEvents' Kafka protocol binding 1.0.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use rdkafka::{Message, message::Headers};
use serde_json::{Map, Value, value::RawValue};

use super::headers;

const PREFIX: &str = "ce_";
const CONTENT_TYPE: &str = "content-type";
const STRUCTURED: &str = "application/cloudevents";
const JSON: &str = "application/json";
const REQUIRED: [&str; 4] = ["specversion", "id", "source", "type"];
const DATA_CONTENT_TYPE: &str = "datacontenttype";

/// A CloudEvent as somebody wrote it; nothing of it can be relied on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// Its context attributes, save `datacontenttype`.
    pub attributes: BTreeMap<String, String>,
    /// The media type of its data.
    pub content_type: Option<String>,
    /// Its data, byte for byte.
    pub data: Vec<u8>,
}

/// What can be read of `record`, and what keeps it from being a CloudEvent.
pub(super) fn read(record: &impl Message) -> (Event, Result<(), String>) {
    let mut event = Event::default();
    let read = event.read(record).and_then(|()| event.check());
    (event, read)
}

impl Event {
    /// The attribute `name`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// In the JSON event format, for a person to read.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut document: Map<_, _> = self
            .attributes
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().into()))
            .collect();
        if let Some(content_type) = &self.content_type {
            document.insert(DATA_CONTENT_TYPE.to_owned(), content_type.clone().into());
        }
        let (member, data) = match (serde_json::from_slice(&self.data), std::str::from_utf8(&self.data)) {
            (Ok(value), _) => ("data", value),
            (_, Ok(text)) => ("data", text.into()),
            _ => ("data_base64", BASE64_STANDARD.encode(&self.data).into()),
        };
        document.insert(member.to_owned(), data);
        Value::Object(document)
    }

    fn read(&mut self, record: &impl Message) -> Result<(), String> {
        let data = record.payload().unwrap_or_default();
        if record.headers().is_some_and(|headers| !headers::are_readable(headers)) {
            data.clone_into(&mut self.data);
            return Err("the name of a header is no text".to_owned());
        }
        for header in record.headers().into_iter().flat_map(|headers| headers.iter()) {
            let value = header.value.map(std::str::from_utf8);
            let (name, value) = match (header.key, value) {
                (CONTENT_TYPE, Some(Ok(value))) => {
                    self.content_type = Some(value.to_owned());
                    continue;
                }
                (name, value) => match name.strip_prefix(PREFIX) {
                    Some(name) => (name, value),
                    None => continue,
                },
            };
            let value = value.and_then(Result::ok).ok_or("an attribute is no text")?;
            self.attributes.insert(name.to_owned(), value.to_owned());
        }
        let content_type = self.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
        match content_type.strip_prefix(STRUCTURED) {
            None => data.clone_into(&mut self.data),
            Some(format) if format.split(';').next().is_some_and(|format| format.trim() == "+json") => {
                self.read_structured(data)?;
            }
            Some(_) => return Err(format!("its form is {content_type}, which is not read here")),
        }
        Ok(())
    }

    /// The JSON event format 1.0.
    fn read_structured(&mut self, document: &[u8]) -> Result<(), String> {
        let members: BTreeMap<String, Box<RawValue>> =
            serde_json::from_slice(document).map_err(|error| error.to_string())?;
        *self = Self::default();
        let mut data = None;
        for (name, value) in members {
            match (name.as_str(), serde_json::from_str(value.get())) {
                ("data", _) => data = Some(value),
                (_, Ok(Value::Null)) => {}
                ("data_base64", Ok(Value::String(text))) => {
                    self.data = BASE64_STANDARD.decode(text).map_err(|error| error.to_string())?;
                }
                (DATA_CONTENT_TYPE, Ok(Value::String(text))) => self.content_type = Some(text),
                (_, Ok(Value::String(text))) => drop(self.attributes.insert(name, text)),
                (_, Ok(value @ (Value::Bool(_) | Value::Number(_)))) => {
                    self.attributes.insert(name, value.to_string());
                }
                _ => return Err("an attribute is no text".to_owned()),
            }
        }
        if let Some(data) = data {
            let content_type = self.content_type.get_or_insert_with(|| JSON.to_owned());
            let is_json = content_type.to_ascii_lowercase().contains("json");
            // Of another type, data is a text in a JSON string (§3.1).
            let text = serde_json::from_str(data.get()).ok().filter(|_: &String| !is_json);
            self.data = text.unwrap_or_else(|| data.get().to_owned()).into_bytes();
        }
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        for name in REQUIRED {
            if self.attribute(name).is_none_or(str::is_empty) {
                return Err(format!("it has no {name}"));
            }
        }
        let is_name =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'));
        if self.attributes.keys().all(|name| is_name(name)) {
            Ok(())
        } else {
            Err("an attribute has a malformed name".to_owned())
        }
    }
}

//! Holds every answer that a test sees to the API's document: what is answered must be described, with its status, its
//! headers and its body, to the last member; and what is accepted must be allowed.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use bytes::Bytes;
use http::{Method, StatusCode, Uri, header};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::Reply;

static API: LazyLock<Api> =
    LazyLock::new(|| Api::of(serde_json::from_str(api_page::OPENAPI).expect("the document is JSON")));
static EVENTS: LazyLock<Api> =
    LazyLock::new(|| Api::of(yaml_serde::from_str(api_page::ASYNCAPI).expect("the document is YAML")));

/// What a request said, for as long as its answer is awaited.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    /// The body, where it is known whole.
    pub(crate) body: Option<Bytes>,
}

/// Asserts that the answer to `sent` is described.
///
/// # Panics
/// It is not.
pub(crate) fn check(sent: &Sent, reply: &Reply) {
    let is_api = sent.uri.path().starts_with("/v1/");
    let checked = if is_api { API.check(sent, reply) } else { Ok(()) };
    assert!(
        checked.is_ok(),
        "{} {} is not as the API's document says, which `make api-documents` renews: {checked:?}; {reply:?}",
        sent.method,
        sent.uri,
    );
}

/// Asserts that an event is described.
///
/// # Panics
/// It is not.
pub fn check_event(event: &Value) {
    let checked = EVENTS.check_event(event);
    let advice = "is not as the events' document says, which `make api-documents` renews";
    assert!(checked.is_ok(), "{event} {advice}: {checked:?}");
}

struct Api {
    document: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Api {
    fn of(mut document: Value) -> Self {
        let schemas = document["components"]["schemas"].as_object_mut();
        for schema in schemas.expect("there are schemas").values_mut() {
            // A client must take members that it does not know; a test must know them all.
            if schema.get("properties").is_some() {
                schema["additionalProperties"] = json!(false);
            }
        }
        Self {
            document,
            validators: Mutex::default(),
        }
    }

    fn check(&self, sent: &Sent, reply: &Reply) -> Result<(), String> {
        let status = reply.status.as_u16();
        if reply.status == StatusCode::METHOD_NOT_ALLOWED {
            // Of a function by itself, whose path others have operations of.
            return demand(reply.headers.contains_key(header::ALLOW), "the header Allow is missing");
        }
        let Some((template, item)) = self.item(sent.uri.path()) else {
            return demand(reply.status.is_client_error(), "there is no such path");
        };
        let method = match sent.method {
            Method::HEAD => "get".to_owned(),
            ref method => method.as_str().to_ascii_lowercase(),
        };
        let Some(operation) = item.get(&method) else {
            return demand(reply.status.is_client_error(), "the path has no such operation");
        };
        let pointer = format!("/paths/{}/{method}", escape(template));
        let answer = format!("{pointer}/responses/{status}");
        let (answer, description) = self.resolve(&answer).ok_or("the status is not described")?;
        check_headers(description, reply)?;
        if sent.method != Method::HEAD && !reply.body.is_empty() {
            self.check_body(&answer, description, reply)?;
        }
        if reply.status.is_success() {
            self.check_accepted(&pointer, operation, sent)?;
        }
        Ok(())
    }

    fn check_event(&self, event: &Value) -> Result<(), String> {
        let channel = event["type"].as_str().unwrap_or_default().replace('.', "-");
        let messages = self.document["channels"][channel]["messages"].as_object();
        let name = messages
            .and_then(|messages| messages.keys().next())
            .ok_or("its kind is not described")?;
        self.validate(&format!("/components/messages/{name}/payload/schema"), event)
    }

    fn check_body(&self, answer: &str, description: &Value, reply: &Reply) -> Result<(), String> {
        let media_type = reply.header("content-type");
        let content = description["content"].get(media_type);
        demand(content.is_some(), "its media type is not described")?;
        if media_type == "text/event-stream" {
            return Ok(());
        }
        self.validate(&format!("{answer}/content/{}/schema", escape(media_type)), &reply.json)
    }

    /// What was accepted is something that the document allows.
    fn check_accepted(&self, pointer: &str, operation: &Value, sent: &Sent) -> Result<(), String> {
        let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        for pair in sent
            .uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
        {
            let name = pair.split('=').next().unwrap_or_default();
            let is_it = |parameter: &Value| parameter["in"] == "query" && parameter["name"] == name;
            demand(
                parameters.iter().any(is_it),
                &format!("the parameter {name} is not described"),
            )?;
        }
        let body = sent.body.as_ref().filter(|body| !body.is_empty());
        let (Some(body), Some(_)) = (body, operation.get("requestBody")) else {
            return Ok(());
        };
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let schema = format!("{pointer}/requestBody/content/application~1json/schema");
        self.validate(&schema, &body)
            .map_err(|fault| format!("it was accepted, though {fault}"))
    }

    fn validate(&self, pointer: &str, value: &Value) -> Result<(), String> {
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        let validator = validators.entry(pointer.to_owned()).or_insert_with(|| {
            let mut schema = self.document.pointer(pointer).cloned().unwrap_or_default();
            schema["components"] = self.document["components"].clone();
            let validator = jsonschema::options().should_validate_formats(true).build(&schema);
            Arc::new(validator.expect("the document has schemas"))
        });
        let validator = Arc::clone(validator);
        drop(validators);
        let fault = validator.iter_errors(value).next();
        fault.map_or(Ok(()), |fault| {
            Err(format!("at {:?}: {fault}", fault.instance_path().to_string()))
        })
    }

    /// What the document says of a path.
    fn item(&self, path: &str) -> Option<(&str, &Value)> {
        let paths = self.document["paths"].as_object()?.iter();
        let fits = |template: &str| {
            let (parts, wanted) = (path.split('/'), template.split('/'));
            parts.clone().count() == wanted.clone().count()
                && parts
                    .zip(wanted)
                    .all(|(part, wanted)| part == wanted || wanted.starts_with('{'))
        };
        let mut fitting = paths.filter(|(template, _)| fits(template));
        fitting.next().map(|(template, item)| (template.as_str(), item))
    }

    /// What stands at `pointer`, or where that refers to, and where that is.
    fn resolve(&self, pointer: &str) -> Option<(String, &Value)> {
        let value = self.document.pointer(pointer)?;
        match value["$ref"].as_str() {
            Some(reference) => self.resolve(reference.strip_prefix('#')?),
            None => Some((pointer.to_owned(), value)),
        }
    }
}

fn check_headers(description: &Value, reply: &Reply) -> Result<(), String> {
    for (name, header) in description["headers"].as_object().into_iter().flatten() {
        let is_there = reply.headers.contains_key(name) || header["required"] == false;
        demand(is_there, &format!("the header {name} is missing"))?;
    }
    Ok(())
}

fn demand(holds: bool, fault: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(fault.to_owned()) }
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

//! A client without a network.

use axum::{Router, body::Body};
use bytes::Bytes;
use domain::UserId;
use events::EventType;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use runtime::Function;
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use crate::conformity::{self, Sent};

/// Sends requests to a router, as a server would hand them over.
#[derive(Debug, Clone)]
pub struct Client {
    router: Router,
    authorization: Option<HeaderValue>,
}

/// An answer, read to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// Its body as JSON; null when it is none.
    pub json: Value,
}

/// A CloudEvent in structured mode, made by nobody in particular: for what an event must be able to be.
#[must_use]
pub fn event(kind: EventType, user: UserId, task: &str) -> Value {
    json!({
        "specversion": "1.0",
        "id": Uuid::new_v4().to_string(),
        "source": "/somewhere",
        "type": kind.as_str(),
        "datacontenttype": "application/json",
        "data": {"user_id": user.to_string(), "task_id": task},
    })
}

impl Client {
    /// A client of `router`.
    #[must_use]
    pub fn new(router: Router) -> Self {
        let authorization = None;
        Self { router, authorization }
    }

    /// The same client, bringing a token with each request.
    ///
    /// # Panics
    /// No header can hold it.
    #[must_use]
    pub fn bearing(self, token: &str) -> Self {
        let value = HeaderValue::try_from(format!("Bearer {token}"));
        Self {
            authorization: Some(value.expect("a header can hold it")),
            ..self
        }
    }

    /// A client of a reaction's event endpoint, which is `/`.
    ///
    /// # Panics
    /// The function reacts to nothing.
    #[must_use]
    pub fn of_reaction(function: &Function) -> Self {
        let reaction = function.reaction.as_ref().expect("the function reacts to events");
        Self::new(reaction.endpoint.clone())
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Reply {
        self.get_with(path, &[]).await
    }

    /// `GET` with headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send(request(Method::GET, path, headers, Bytes::new())).await
    }

    /// `POST` of JSON.
    pub async fn post(&self, path: &str, body: impl Into<Value>) -> Reply {
        self.post_with(path, &[], body).await
    }

    /// `POST` of JSON with further headers.
    pub async fn post_with(&self, path: &str, headers: &[(&str, &str)], body: impl Into<Value>) -> Reply {
        let headers = [&[("content-type", "application/json")], headers].concat();
        self.post_raw(path, &headers, body.into().to_string()).await
    }

    /// `PATCH` with a JSON Merge Patch.
    pub async fn patch(&self, path: &str, body: impl Into<Value>) -> Reply {
        self.patch_with(path, &[], body).await
    }

    /// `PATCH` with a JSON Merge Patch and further headers.
    pub async fn patch_with(&self, path: &str, headers: &[(&str, &str)], body: impl Into<Value>) -> Reply {
        let headers = [&[("content-type", "application/merge-patch+json")], headers].concat();
        let body = body.into().to_string();
        self.send(request(Method::PATCH, path, &headers, body.into())).await
    }

    /// `DELETE` with headers.
    pub async fn delete(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send(request(Method::DELETE, path, headers, Bytes::new())).await
    }

    /// `POST` of nothing, as commands take it.
    pub async fn command(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.post_raw(path, headers, Bytes::new()).await
    }

    /// `POST` of a CloudEvent in structured mode, to a reaction.
    pub async fn post_event(&self, event: &Value) -> Reply {
        let headers = [("content-type", "application/cloudevents+json")];
        self.post_raw("/", &headers, event.to_string()).await
    }

    /// `POST` of anything, its length announced as clients do.
    pub async fn post_raw(&self, path: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
        let body = body.into();
        let length = body.len().to_string();
        let headers = [headers, &[("content-length", length.as_str())]].concat();
        self.send(request(Method::POST, path, &headers, body)).await
    }

    /// Sends any request.
    ///
    /// # Panics
    /// The answer's body breaks off, or it is not as the API's document says.
    pub async fn send(&self, mut request: Request<Body>) -> Reply {
        if let Some(value) = &self.authorization {
            request.headers_mut().insert(header::AUTHORIZATION, value.clone());
        }
        let sent = Sent {
            method: request.method().clone(),
            uri: request.uri().clone(),
            body: request.extensions().get::<Whole>().map(|whole| whole.0.clone()),
        };
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the answer's body is whole").to_bytes();
        let reply = Reply {
            status: parts.status,
            headers: parts.headers,
            json: serde_json::from_slice(&body).unwrap_or(Value::Null),
            body,
        };
        conformity::check(&sent, &reply);
        reply
    }
}

/// A request's body, known before it is sent.
#[derive(Debug, Clone)]
struct Whole(Bytes);

fn request(method: Method, path: &str, headers: &[(&str, &str)], body: Bytes) -> Request<Body> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .extension(Whole(body.clone()));
    headers
        .iter()
        .fold(request, |request, (name, value)| request.header(*name, *value))
        .body(Body::from(body))
        .expect("the test writes a request")
}

impl Reply {
    /// A header's text.
    ///
    /// # Panics
    /// It is absent, or no text.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).expect("the answer has the header");
        value.to_str().expect("the header is text")
    }

    /// The `id` of what it carries.
    ///
    /// # Panics
    /// It carries none.
    #[must_use]
    pub fn id(&self) -> String {
        self.json["id"].as_str().expect("the answer has an id").to_owned()
    }

    /// The kind of problem, such as `validation-failed`.
    ///
    /// # Panics
    /// It is no problem document whose status is the answer's.
    #[must_use]
    pub fn problem(&self) -> &str {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        assert_eq!(self.json["status"], self.status.as_u16());
        let kind = self.json["type"].as_str().expect("a problem has a type");
        kind.strip_prefix("/problems/").expect("it is one of ours")
    }

    /// Where the faults are that a problem names, in their order: pointers, parameters and headers.
    #[must_use]
    pub fn faults(&self) -> Vec<&str> {
        let errors = self.json["errors"].as_array().map_or(&[][..], Vec::as_slice);
        let place = |error: &'_ Value| {
            ["pointer", "parameter", "header"]
                .into_iter()
                .find(|p| error.get(p).is_some())
        };
        errors
            .iter()
            .filter_map(|error| error[place(error)?].as_str())
            .collect()
    }
}

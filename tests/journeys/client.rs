//! A person's client.

mod stream;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use testing::{check_event, eventually};

pub use stream::Stream;

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Whether it is one that was given before.
    pub is_replayed: bool,
    /// Its body; null where it has none.
    pub json: Value,
}

impl Answer {
    /// The `id` of what it carries.
    ///
    /// # Panics
    /// It carries none.
    #[must_use]
    pub fn id(&self) -> String {
        self.json["id"].as_str().expect("the answer has an id").to_owned()
    }

    /// What it carries, which was to be done.
    ///
    /// # Panics
    /// It was refused.
    #[must_use]
    pub fn done(self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.json
    }

    /// The kind of problem that it tells of.
    ///
    /// # Panics
    /// It tells of none.
    #[must_use]
    pub fn problem(&self) -> &str {
        let kind = self.json["type"].as_str().expect("the answer tells of a problem");
        kind.strip_prefix("/problems/").expect("problems have addresses")
    }
}

/// A client of one address.
#[derive(Debug, Clone)]
pub struct Api {
    base: String,
    client: Client,
    token: Option<String>,
}

impl Api {
    /// One that brings no token.
    ///
    /// # Panics
    /// No client can be built.
    #[must_use]
    pub fn at(base: &str) -> Self {
        let client = Client::builder().no_proxy().build();
        Self {
            base: base.to_owned(),
            client: client.expect("a client can be built"),
            token: None,
        }
    }

    /// The address.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The same address, asked with a token.
    #[must_use]
    pub fn bearing(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// Any request.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        served(self.request(Method::GET, path)).await
    }

    /// `POST` of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        served(self.request(Method::POST, path).json(body)).await
    }

    /// `POST` of JSON under an `Idempotency-Key`.
    pub async fn post_once(&self, path: &str, body: &Value, key: &str) -> Answer {
        let request = self.request(Method::POST, path).header("idempotency-key", key);
        served(request.json(body)).await
    }

    /// `PATCH`.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        served(self.request(Method::PATCH, path).json(body)).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        served(self.request(Method::DELETE, path)).await
    }

    /// A command without a body, under an `Idempotency-Key`.
    pub async fn command(&self, path: &str, key: &str) -> Answer {
        served(self.request(Method::POST, path).header("idempotency-key", key)).await
    }

    /// Creates a task under an `Idempotency-Key`; the server may be killed meanwhile.
    ///
    /// # Errors
    /// It was.
    pub async fn create(&self, body: &Value, key: &str) -> reqwest::Result<Answer> {
        let request = self.request(Method::POST, "/v1/tasks").header("idempotency-key", key);
        send(request.json(body)).await
    }

    /// Every item of a list, over all its pages.
    pub async fn all(&self, list: &str) -> Vec<Value> {
        self.all_by(list, 200).await
    }

    /// As [`Api::all`], with so many items on a page.
    ///
    /// # Panics
    /// The list is refused.
    pub async fn all_by(&self, list: &str, limit: usize) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let separator = if list.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{list}{separator}limit={limit}{cursor}")).await;
            assert_eq!(page.status, 200, "{page:?}");
            let page_items = page.json["items"].as_array().expect("a list has items");
            assert!(page_items.len() <= limit);
            items.extend(page_items.clone());
            match page.json["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// All of them, newest first.
    pub async fn notifications(&self) -> Vec<Value> {
        self.all("/v1/notifications").await
    }

    /// Waits until there are `count` notifications.
    pub async fn notified(&self, count: usize) -> Vec<Value> {
        eventually("the notifications are there", async || {
            self.notifications().await.len() >= count
        })
        .await;
        self.notifications().await
    }

    /// Waits until the pending task is this occurrence of its series.
    pub async fn next(&self, occurrence: u32) -> Value {
        eventually("the next occurrence is there", async || {
            let pending = self.all("/v1/tasks").await;
            pending.len() == 1 && pending[0]["occurrence"] == occurrence
        })
        .await;
        self.all("/v1/tasks").await.remove(0)
    }

    /// Everything that has happened, read by so many events at once; each is as its document says.
    ///
    /// # Panics
    /// One is not, or the log cannot be read.
    pub async fn changes(&self, limit: usize) -> Vec<Value> {
        let (mut events, mut since) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("/v1/changes?limit={limit}{since}")).await.done();
            let read = page["events"].as_array().expect("a page has events");
            read.iter().for_each(check_event);
            events.extend(read.clone());
            if page["more"] == false {
                return events;
            }
            let token = page["next_token"].as_str().expect("a page has a token");
            since = format!("&since={token}");
        }
    }

    /// Checks every event of who asks.
    pub async fn check_events(&self) {
        self.changes(200).await;
    }
}

async fn served(request: RequestBuilder) -> Answer {
    send(request).await.expect("it is served")
}

/// Sends a request.
///
/// # Errors
/// There is no answer, or it breaks off.
async fn send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let is_replayed = response.headers().contains_key("idempotency-replayed");
    let body = response.bytes().await?;
    Ok(Answer {
        status,
        is_replayed,
        json: serde_json::from_slice(&body).unwrap_or(Value::Null),
    })
}

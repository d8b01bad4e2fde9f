//! Somebody who follows their own log for a whole round, as a client that keeps a copy of it: by `/v1/changes`, as a stream
//! that goes on from its last event whenever it is cut off, and by the page.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use fastrand::Rng;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::Value;
use testing::issuer;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};
use uuid::Uuid;

/// How long a follower may take to be told of what was committed last, once nothing is disturbed any more.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How soon one comes back that was cut off.
const COME_BACK: Duration = Duration::from_millis(100);

/// What one was told, in the order of telling.
#[derive(Debug, Clone, Default)]
pub struct Followed {
    /// Whose log.
    pub user: Uuid,
    /// The events, as CloudEvents.
    pub events: Vec<Value>,
    /// How often it was cut off.
    pub cuts: usize,
}

/// All who follow.
#[derive(Debug, Default)]
pub struct Followers {
    told: Vec<Arc<Mutex<Followed>>>,
    following: JoinSet<()>,
}

struct Follower {
    name: String,
    client: Client,
    address: String,
    random: Rng,
    /// The token of what was told last.
    place: String,
    told: Arc<Mutex<Followed>>,
}

impl Followers {
    /// `name` follows their log from its beginning.
    ///
    /// # Panics
    /// No client can be made.
    pub fn add(&mut self, name: &str, gateway: SocketAddr, seed: u64) {
        let followed = Followed {
            user: issuer::user(name).0,
            ..Followed::default()
        };
        let told = Arc::new(Mutex::new(followed));
        self.told.push(Arc::clone(&told));
        let client = Client::builder().no_proxy().build().expect("a client can be made");
        let follower = Follower {
            name: name.to_owned(),
            client,
            address: format!("http://{gateway}/v1/changes"),
            random: Rng::with_seed(seed),
            place: String::new(),
            told,
        };
        self.following.spawn(follower.follow());
    }

    /// What they were told, once that is as much as `ends` says of each, or they had time enough for it.
    pub async fn end(mut self, ends: &BTreeMap<Uuid, usize>) -> Vec<Followed> {
        let deadline = Instant::now() + PATIENCE;
        let is_told = |told: &Arc<Mutex<Followed>>| {
            let told = lock(told);
            ends.get(&told.user).is_none_or(|end| told.events.len() >= *end)
        };
        while !self.told.iter().all(is_told) && Instant::now() < deadline {
            sleep(LOOK_AGAIN).await;
        }
        self.following.shutdown().await;
        self.told.iter().map(|told| lock(told).clone()).collect()
    }
}

impl Follower {
    async fn follow(mut self) {
        loop {
            // However a stream ends, its client goes on from what it was told last.
            let _ = if self.random.u8(0..3) == 0 {
                self.read_pages().await
            } else {
                self.stream().await
            };
            lock(&self.told).cuts += 1;
            sleep(COME_BACK).await;
        }
    }

    fn request(&self, query: &str) -> RequestBuilder {
        let address = format!("{}{query}", self.address);
        self.client.get(address).bearer_auth(issuer::token(&self.name))
    }

    /// Reads what there is by the page, some at a time.
    async fn read_pages(&mut self) -> reqwest::Result<()> {
        loop {
            let since = if self.place.is_empty() {
                String::new()
            } else {
                format!("&since={}", self.place)
            };
            let query = format!("?limit={}{since}", self.random.u8(1..40));
            let answer = self.request(&query).timeout(PATIENCE).send().await?;
            let page: Value = answer.error_for_status()?.json().await?;
            self.place = page["next_token"].as_str().unwrap_or_default().to_owned();
            let events = page["events"].as_array().cloned().unwrap_or_default();
            lock(&self.told).events.extend(events);
            if page["more"] != true {
                return Ok(());
            }
        }
    }

    async fn stream(&mut self) -> reqwest::Result<()> {
        let mut request = self.request("").header("accept", "text/event-stream");
        if !self.place.is_empty() {
            request = request.header("last-event-id", &self.place);
        }
        let mut answer = request.send().await?;
        if answer.status() != StatusCode::OK {
            return Ok(());
        }
        let mut parser = Parser::default();
        while let Some(chunk) = answer.chunk().await? {
            for message in parser.read(&chunk) {
                self.place.clone_from(&message.id);
                let event = serde_json::from_str(&message.data);
                lock(&self.told).events.extend(event.ok());
            }
        }
        Ok(())
    }
}

fn lock(told: &Mutex<Followed>) -> std::sync::MutexGuard<'_, Followed> {
    told.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What came of a stream and is no whole message yet (HTML Living Standard §9.2.6; only lines as the function writes them).
#[derive(Debug, Default)]
struct Parser {
    rest: Vec<u8>,
    message: Message,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Message {
    id: String,
    data: String,
}

impl Parser {
    /// The messages that `chunk` ends. One that is cut off was never told.
    fn read(&mut self, chunk: &[u8]) -> Vec<Message> {
        self.rest.extend_from_slice(chunk);
        let mut messages = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<_> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            match line.trim_end().split_once(": ") {
                Some(("id", id)) => id.clone_into(&mut self.message.id),
                Some(("data", data)) => self.message.data.push_str(data),
                None if line.trim_end().is_empty() && !self.message.id.is_empty() => {
                    messages.push(std::mem::take(&mut self.message));
                }
                _ => {}
            }
        }
        messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_is_told_when_it_is_whole_and_not_before() {
        let mut parser = Parser::default();
        assert_eq!(
            parser.read(b"id: a\nretry: 1000\n\n: keep\n\nid: b\nevent: x\nda")[0].id,
            "a"
        );
        assert_eq!(parser.read(b"ta: {}\n"), []);
        let message = |id: &str, data: &str| Message {
            id: id.to_owned(),
            data: data.to_owned(),
        };
        assert_eq!(parser.read(b"\n"), [message("b", "{}")]);
        let more = b"id: c\ndata: 1\n\nid: d\ndata: 2\n\n";
        assert_eq!(parser.read(more), [message("c", "1"), message("d", "2")]);
    }
}

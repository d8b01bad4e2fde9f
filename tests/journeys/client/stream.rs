//! A stream of changes, as a browser reads it.

use reqwest::{Method, Response};
use serde_json::Value;
use testing::check_event;

use super::Api;

/// A stream; dropping it cuts it off.
#[derive(Debug)]
pub struct Stream {
    response: Response,
    text: String,
    /// The `id` of the event that was read last.
    pub last: Option<String>,
}

impl Stream {
    /// The next event, which is as its document says.
    ///
    /// # Panics
    /// It is not, or the stream has ended.
    pub async fn next(&mut self) -> Value {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let (mut id, mut data) = (None, None);
                for line in event.lines() {
                    match line.split_once(": ") {
                        Some(("id", text)) => id = Some(text.to_owned()),
                        Some(("data", text)) => data = Some(serde_json::from_str(text).expect("it is JSON")),
                        _ => {}
                    }
                }
                self.text = rest.to_owned();
                if let Some(event) = data {
                    check_event(&event);
                    self.last = id;
                    return event;
                }
            }
            let piece = self.response.chunk().await.expect("it does not break off");
            let piece = piece.expect("the stream goes on");
            self.text
                .push_str(std::str::from_utf8(&piece).expect("its events are short"));
        }
    }
}

impl Api {
    /// Changes from now on, or from where another stream broke off.
    ///
    /// # Panics
    /// There is no stream.
    pub async fn stream(&self, last: Option<&str>) -> Stream {
        let request = match last {
            None => self.request(Method::GET, "/v1/changes?since=latest"),
            Some(last) => self.request(Method::GET, "/v1/changes").header("last-event-id", last),
        };
        let response = request.header("accept", "text/event-stream").send().await;
        let response = response.expect("it is served");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Stream {
            response,
            text: String::new(),
            last: last.map(ToOwned::to_owned),
        }
    }
}

//! An issuer that publishes keys over HTTP.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use runtime::identity::KeySource;
use tokens::DevelopmentKey;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use super::document;

/// An issuer, as long as it is kept.
pub(super) struct Issuer {
    base: String,
    site: Arc<Site>,
    serving: JoinSet<()>,
}

struct Site {
    answer: Mutex<(StatusCode, String, String)>,
    asked: Mutex<Vec<String>>,
    is_slow: watch::Sender<bool>,
}

impl Issuer {
    pub(super) async fn of(keys: &[&DevelopmentKey]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let base = format!("http://{}", listener.local_addr().expect("it is bound"));
        let site = Arc::new(Site {
            answer: Mutex::default(),
            asked: Mutex::default(),
            is_slow: watch::Sender::new(false),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&site));
        let mut serving = JoinSet::new();
        serving.spawn(async { axum::serve(listener, router).await.expect("it goes on") });
        let issuer = Self { base, site, serving };
        issuer.publish(keys);
        issuer
    }

    pub(super) fn source(&self) -> KeySource {
        KeySource::Url(format!("{}/jwks", self.base).parse().expect("it is a URL"))
    }

    pub(super) fn publish(&self, keys: &[&DevelopmentKey]) {
        self.answer(StatusCode::OK, &document(keys));
    }

    pub(super) fn answer(&self, status: StatusCode, body: &str) {
        *self.site.answer.lock().expect("nobody panics with it") = (status, body.to_owned(), String::new());
    }

    /// Sends whoever asks elsewhere on the same site.
    pub(super) fn redirect(&self, body: &str) {
        let answer = (StatusCode::FOUND, body.to_owned(), format!("{}/elsewhere", self.base));
        *self.site.answer.lock().expect("nobody panics with it") = answer;
    }

    /// Answers nobody until it is told otherwise.
    pub(super) fn be_slow(&self, is_slow: bool) {
        self.site.is_slow.send_replace(is_slow);
    }

    /// What it was asked for so far.
    pub(super) fn asked(&self) -> usize {
        let asked = self.site.asked.lock().expect("nobody panics with it");
        assert!(asked.iter().all(|path| path == "/jwks"), "{asked:?}");
        asked.len()
    }

    /// Takes no connections any more.
    pub(super) async fn go_away(&mut self) {
        self.serving.shutdown().await;
    }
}

async fn answer(State(site): State<Arc<Site>>, request: Request) -> Response {
    let asked = request.uri().to_string();
    site.asked.lock().expect("nobody panics with it").push(asked);
    let mut is_slow = site.is_slow.subscribe();
    // An issuer that is gone answers nobody.
    let _ = is_slow.wait_for(|is_slow| !is_slow).await;
    let (status, body, location) = site.answer.lock().expect("nobody panics with it").clone();
    (status, [(header::LOCATION, location)], body).into_response()
}

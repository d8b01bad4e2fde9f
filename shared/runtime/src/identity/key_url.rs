//! Keys at a URL. Requests whose key is known never wait: what is a while old is fetched anew beside them. Requests with
//! an unknown key wait for one fetch that all share, and that begins once in ten seconds at most, whatever they send.
//! Without requests nothing is fetched, and a fetch under way keeps no process from ending.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use http::Uri;
use tokens::{KeySet, Unverified};
use tokio_util::sync::CancellationToken;

use super::fetch::{FetchError, fetch};
use crate::Clock;

/// How old keys become before they are fetched anew.
const FRESH: TimeDelta = TimeDelta::minutes(5);
/// How long after a fetch began the next one may.
const PAUSE: TimeDelta = TimeDelta::seconds(10);

/// Keys at a URL.
#[derive(Debug, Clone)]
pub(super) struct KeyUrl {
    url: Uri,
    clock: Clock,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    keys: Option<Arc<KeySet>>,
    fetched_at: Option<DateTime<Utc>>,
    tried_at: Option<DateTime<Utc>>,
    /// Cancelled when the fetch has ended.
    under_way: Option<CancellationToken>,
    /// The latest fetch failed: said once, not every ten seconds.
    is_failing: bool,
}

impl KeyUrl {
    pub(super) fn new(url: Uri, clock: Clock) -> Self {
        let state = Arc::default();
        Self { url, clock, state }
    }

    /// The keys to verify `token` with; none where the issuer gave none yet.
    pub(super) async fn keys_for(&self, token: &Unverified<'_>) -> Option<Arc<KeySet>> {
        let (known, is_old) = {
            let state = self.state();
            (
                state.keys.clone(),
                State::is_due(state.fetched_at, FRESH, self.clock.now()),
            )
        };
        if let Some(keys) = known.filter(|keys| token.has_key_in(keys)) {
            if is_old {
                self.begin_fetch();
            }
            return Some(keys);
        }
        if let Some(ended) = self.begin_fetch() {
            ended.cancelled().await;
        }
        self.state().keys.clone()
    }

    /// Begins a fetch, unless one began lately; what tells the end of the one under way, if one is.
    fn begin_fetch(&self) -> Option<CancellationToken> {
        let now = self.clock.now();
        let mut state = self.state();
        if let Some(ended) = state.under_way.clone().filter(|ended| !ended.is_cancelled()) {
            return Some(ended);
        }
        if !State::is_due(state.tried_at, PAUSE, now) {
            return None;
        }
        let ended = CancellationToken::new();
        state.tried_at = Some(now);
        state.under_way = Some(ended.clone());
        let (this, ends) = (self.clone(), ended.clone().drop_guard());
        // Of its own: a client that goes away takes nothing from the others who wait.
        tokio::spawn(async move {
            let fetched = fetch(&this.url).await;
            this.take(fetched);
            drop(ends);
        });
        Some(ended)
    }

    fn take(&self, fetched: Result<KeySet, FetchError>) {
        let now = self.clock.now();
        let mut state = self.state();
        let outcome = if fetched.is_ok() { "success" } else { "failure" };
        metrics::counter!("key_fetches_total", "outcome" => outcome).increment(1);
        match fetched {
            Ok(keys) => {
                if state.is_failing || state.keys.as_deref() != Some(&keys) {
                    tracing::info!(usable = keys.usable(), unused = ?keys.unused(), "the issuer's keys were fetched");
                }
                state.is_failing = false;
                state.fetched_at = Some(now);
                state.keys = Some(Arc::new(keys));
            }
            Err(error) => {
                if !state.is_failing {
                    tracing::error!(%error, url = %self.url, "the issuer gives no keys; those that are known serve on");
                }
                state.is_failing = true;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether `then` is so long ago; by a clock that was set back, too.
    fn is_due(then: Option<DateTime<Utc>>, after: TimeDelta, now: DateTime<Utc>) -> bool {
        then.is_none_or(|then| (now - then).abs() >= after)
    }
}

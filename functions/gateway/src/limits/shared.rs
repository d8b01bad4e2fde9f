//! Counting in Redis, for all gateways at once. While it is away each counts by itself, and no request waits for it.

use std::{
    num::NonZeroU32,
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::Duration,
};

use redis::{AsyncConnectionConfig, Client, RedisError, Script, aio::MultiplexedConnection};
use tokio::time::{Instant, timeout};

use super::{Left, MINUTE, Whose};

/// How long a count may take; Redis answers in a fraction of a millisecond.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long a connection may take.
const CONNECT_PATIENCE: Duration = Duration::from_secs(1);
/// How soon it is looked for again, by the request that comes then.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Nobody's requests, which are counted to see whether any can be.
const PROBE: &str = "dormouse:rate:probe";

/// The generic cell rate algorithm, by the clock of Redis: one key holds when its whole quota is there again.
static COUNT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("count.lua")));

/// Redis, as far as it is there.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    client: Client,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
enum State {
    Here(MultiplexedConnection),
    /// Nobody looks for it before this.
    Away(Instant),
    /// Somebody looks for it.
    Sought,
}

impl Shared {
    pub(super) fn new(client: Client) -> Self {
        let state = State::Away(Instant::now());
        Self {
            client,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Looks for it, and says if it is not there.
    pub(super) async fn prepare(&self) {
        self.set(State::Sought);
        if let Err(error) = self.seek().await {
            tell_away(&error);
        }
    }

    /// Counts one more request; nothing where Redis cannot be asked.
    pub(super) async fn count(&self, whose: &Whose, quota: NonZeroU32) -> Option<Left> {
        let mut connection = self.connection()?;
        let counted = timeout(PATIENCE, count(&mut connection, whose, quota)).await;
        match counted.unwrap_or_else(|_| Err(too_slow())) {
            Ok(left) => Some(left),
            Err(error) => {
                self.lose(&error);
                None
            }
        }
    }

    /// The connection; where there is none, looks for one beside the request that asks.
    fn connection(&self) -> Option<MultiplexedConnection> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &*state {
            State::Here(connection) => return Some(connection.clone()),
            State::Away(until) if Instant::now() >= *until => {}
            State::Away(_) | State::Sought => return None,
        }
        *state = State::Sought;
        let seeker = self.clone();
        tokio::spawn(async move {
            // That it is away was said when it went.
            if seeker.seek().await.is_ok() {
                tracing::info!("Redis is back: gateways count together again");
            }
        });
        None
    }

    async fn seek(&self) -> Result<(), RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_PATIENCE))
            .set_response_timeout(Some(CONNECT_PATIENCE));
        let found = self.client.get_multiplexed_async_connection_with_config(&config).await;
        let found = match found {
            // One that lets itself be asked may still take nothing: it is full, or another's copy.
            Ok(mut connection) => ask(&mut connection, PROBE, NonZeroU32::MIN).await.map(|_| connection),
            Err(error) => Err(error),
        };
        let (state, found) = match found {
            Ok(connection) => (State::Here(connection), Ok(())),
            Err(error) => (State::Away(Instant::now() + LOOK_AGAIN), Err(error)),
        };
        self.set(state);
        metrics::gauge!("gateway_redis_up").set(f64::from(u8::from(found.is_ok())));
        found
    }

    /// Says once that it went, however many requests find out.
    fn lose(&self, error: &RedisError) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, State::Here(_)) {
            *state = State::Away(Instant::now() + LOOK_AGAIN);
            metrics::gauge!("gateway_redis_up").set(0.0);
            tell_away(error);
        }
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

fn tell_away(error: &RedisError) {
    tracing::warn!(
        error = error.category(),
        "Redis is away: this gateway counts requests by itself"
    );
}

fn too_slow() -> RedisError {
    (redis::ErrorKind::Io, "it did not answer in time").into()
}

async fn count(connection: &mut MultiplexedConnection, whose: &Whose, quota: NonZeroU32) -> Result<Left, RedisError> {
    let key = match whose {
        Whose::User(user) => format!("dormouse:rate:user:{user}"),
        Whose::Address(network) => format!("dormouse:rate:address:{network}"),
    };
    ask(connection, &key, quota).await
}

async fn ask(connection: &mut MultiplexedConnection, key: &str, quota: NonZeroU32) -> Result<Left, RedisError> {
    let (left, wait): (i64, u64) = COUNT
        .key(key)
        .arg(quota.get())
        .arg(MINUTE.as_secs())
        .invoke_async(connection)
        .await?;
    Ok(u32::try_from(left).map_or(Left::NoneFor(Duration::from_micros(wait)), Left::Requests))
}

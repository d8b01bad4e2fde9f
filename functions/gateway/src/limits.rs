//! How many requests users and addresses may make: counted in this process, or in Redis where gateways share it.

mod local;
mod shared;

use std::{num::NonZeroU32, time::Duration};

use domain::UserId;
use governor::clock::MonotonicClock;
use http::{HeaderMap, HeaderName, HeaderValue};
use ipnet::IpNet;

use self::{local::Local, shared::Shared};

/// How many times a user's requests an address may make. Households, offices and a mobile carrier's customers share one,
/// so that ten who are busy at once must not be in each other's way; and a thief of requests needs tokens of many users.
const USERS_OF_AN_ADDRESS: u32 = 10;
const MINUTE: Duration = Duration::from_secs(60);
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Whose requests are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    User(UserId),
    Address(IpNet),
}

/// What somebody has left, now that one more request was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    /// As many more at once.
    Requests(u32),
    /// None; one more after this time.
    NoneFor(Duration),
}

/// How many requests users and addresses may make.
#[derive(Debug)]
pub(crate) struct Limits {
    users: Limit,
    addresses: Limit,
    shared: Option<Shared>,
}

#[derive(Debug)]
struct Limit {
    policy: &'static str,
    quota: NonZeroU32,
    local: Local,
}

/// How somebody stands with their limit (draft-ietf-httpapi-ratelimit-headers-10).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    policy: &'static str,
    quota: NonZeroU32,
    left: Left,
}

impl Limits {
    /// `quota` a minute for each user, and so many times as much for each address; counted in `redis` while that is there.
    pub(crate) fn new(quota: NonZeroU32, redis: Option<redis::Client>) -> Self {
        Self {
            users: Limit::new("default", quota),
            addresses: Limit::new(
                "address",
                quota.saturating_mul(USERS_OF_AN_ADDRESS.try_into().unwrap_or(quota)),
            ),
            shared: redis.map(Shared::new),
        }
    }

    /// Waits a little for Redis, so that not even the first requests are counted apart.
    pub(crate) async fn prepare(&self) {
        if let Some(shared) = &self.shared {
            shared.prepare().await;
        }
    }

    /// Counts one more request.
    pub(crate) async fn count(&self, whose: Whose) -> Standing {
        let limit = match whose {
            Whose::User(_) => &self.users,
            Whose::Address(_) => &self.addresses,
        };
        let shared = match &self.shared {
            Some(shared) => shared.count(&whose, limit.quota).await,
            None => None,
        };
        Standing {
            policy: limit.policy,
            quota: limit.quota,
            left: shared.unwrap_or_else(|| limit.local.count(whose)),
        }
    }
}

impl Limit {
    fn new(policy: &'static str, quota: NonZeroU32) -> Self {
        let local = Local::new(quota, MonotonicClock);
        Self { policy, quota, local }
    }
}

impl Standing {
    /// How long the request has to wait, if it may not pass, and how many may.
    pub(crate) fn refusal(&self) -> Option<(u32, Duration)> {
        match self.left {
            Left::Requests(_) => None,
            Left::NoneFor(wait) => Some((self.quota.get(), wait)),
        }
    }

    /// Says it in the answer's fields.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let Self { policy, quota, left } = self;
        let (requests, time) = match left {
            Left::Requests(requests) => (*requests, interval(*quota) * quota.get().saturating_sub(*requests)),
            Left::NoneFor(wait) => (0, *wait),
        };
        let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
        let fields = [
            (
                RATE_LIMIT_POLICY,
                format!("\"{policy}\";q={quota};w={}", MINUTE.as_secs()),
            ),
            (RATE_LIMIT, format!("\"{policy}\";r={requests};t={seconds}")),
        ];
        for (name, text) in fields {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        }
    }
}

/// How soon one more request comes back.
fn interval(quota: NonZeroU32) -> Duration {
    MINUTE / quota.get()
}

//! Counting in this process, by the generic cell rate algorithm: a quota is there at once, and comes back evenly.

use std::{
    fmt,
    num::NonZeroU32,
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use governor::{
    Quota, RateLimiter, clock::Clock, middleware::StateInformationMiddleware, state::keyed::HashMapStateStore,
};

use super::{Left, Whose};

/// How many more may be remembered before those are forgotten whose quota is whole again.
const FEW: usize = 1024;

/// Who made how many requests.
pub(super) struct Local {
    limiter: RateLimiter<Whose, HashMapStateStore<Whose>, Monotonic, StateInformationMiddleware>,
    forget_at: AtomicUsize,
}

/// The clock that is never set, so that nobody is shut out by setting it back. Tests with a paused clock move it.
#[derive(Debug, Clone, Copy)]
struct Monotonic;

impl Clock for Monotonic {
    type Instant = Instant;

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }
}

impl Local {
    pub(super) fn new(quota: NonZeroU32) -> Self {
        let store = HashMapStateStore::default();
        Self {
            limiter: RateLimiter::new(Quota::per_minute(quota), store, Monotonic),
            forget_at: AtomicUsize::new(FEW),
        }
    }

    pub(super) fn count(&self, whose: Whose) -> Left {
        let counted = self.limiter.check_key(&whose);
        self.forget();
        match counted {
            Ok(left) => Left::Requests(left.remaining_burst_capacity()),
            Err(refused) => Left::NoneFor(refused.wait_time_from(Monotonic.now())),
        }
    }

    /// Forgets those whose quota is whole, each time that as many were added as had remained: no timer runs where
    /// nothing happens, and a request pays for one forgotten at most twice.
    fn forget(&self) {
        if self.limiter.len() >= self.forget_at.load(Ordering::Relaxed) {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
            self.forget_at.store(2 * self.limiter.len() + FEW, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local")
            .field("remembered", &self.limiter.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::UserId;
    use tokio::time::advance;

    use super::*;

    fn local(quota: u32) -> Local {
        Local::new(NonZeroU32::new(quota).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn quota_is_there_at_once_and_comes_back_evenly() {
        let local = local(60);
        let user = Whose::User(UserId::LOCAL);
        for left in (0..60).rev() {
            assert_eq!(local.count(user.clone()), Left::Requests(left));
        }
        assert_eq!(local.count(user.clone()), Left::NoneFor(Duration::from_secs(1)));
        advance(Duration::from_secs(1)).await;
        assert_eq!(local.count(user.clone()), Left::Requests(0));
        advance(Duration::from_secs(60)).await;
        assert_eq!(local.count(user), Left::Requests(59));
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_their_quota_back_is_forgotten() {
        let local = local(60);
        let address = |number: u32| Whose::Address(std::net::IpAddr::from(number.to_be_bytes()).into());
        for number in 0..100_000 {
            advance(Duration::from_millis(10)).await;
            local.count(address(number));
        }
        // One request is back after a second, in which a hundred others come.
        assert!(local.limiter.len() <= 2 * FEW, "{local:?}");
    }
}

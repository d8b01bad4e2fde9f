//! Counting in this process, by the generic cell rate algorithm: a quota is there at once, and comes back evenly.

use std::{
    fmt,
    num::NonZeroU32,
    sync::atomic::{AtomicUsize, Ordering},
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, MonotonicClock},
    middleware::StateInformationMiddleware,
    state::keyed::HashMapStateStore,
};

use super::{Left, Whose};

/// How many more may be remembered before those are forgotten whose quota is whole again.
const FEW: usize = 1024;

/// Who made how many requests, by a clock that is never set, so that setting it back shuts nobody out.
pub(super) struct Local<C: Clock = MonotonicClock> {
    limiter: RateLimiter<Whose, HashMapStateStore<Whose>, C, StateInformationMiddleware>,
    forget_at: AtomicUsize,
}

impl<C: Clock> Local<C> {
    pub(super) fn new(quota: NonZeroU32, clock: C) -> Self {
        let store = HashMapStateStore::default();
        Self {
            limiter: RateLimiter::new(Quota::per_minute(quota), store, clock),
            forget_at: AtomicUsize::new(FEW),
        }
    }

    pub(super) fn count(&self, whose: Whose) -> Left {
        let counted = self.limiter.check_key(&whose);
        self.forget();
        match counted {
            Ok(left) => Left::Requests(left.remaining_burst_capacity()),
            Err(refused) => Left::NoneFor(refused.wait_time_from(self.limiter.clock().now())),
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

impl<C: Clock> fmt::Debug for Local<C> {
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
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn local(quota: u32) -> (Local<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Local::new(NonZeroU32::new(quota).unwrap(), clock.clone()), clock)
    }

    #[test]
    fn quota_is_there_at_once_and_comes_back_evenly() {
        let (local, clock) = local(60);
        let user = Whose::User(UserId::LOCAL);
        for left in (0..60).rev() {
            assert_eq!(local.count(user.clone()), Left::Requests(left));
        }
        assert_eq!(local.count(user.clone()), Left::NoneFor(Duration::from_secs(1)));
        clock.advance(Duration::from_secs(1));
        assert_eq!(local.count(user.clone()), Left::Requests(0));
        clock.advance(Duration::from_secs(60));
        assert_eq!(local.count(user), Left::Requests(59));
    }

    #[test]
    fn who_has_their_quota_back_is_forgotten() {
        let (local, clock) = local(60);
        let address = |number: u32| Whose::Address(std::net::IpAddr::from(number.to_be_bytes()).into());
        for number in 0..100_000 {
            clock.advance(Duration::from_millis(10));
            local.count(address(number));
        }
        // One request is back after a second, in which a hundred others come.
        assert!(local.limiter.len() <= 2 * FEW, "{local:?}");
    }
}

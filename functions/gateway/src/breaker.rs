//! Leaves a function alone for a while that keeps failing, so that its callers are told at once and it can recover.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};

/// How many requests in a row must fail.
const FAILURES: u32 = 5;
/// How long it is left alone. Then one request is let through, to see.
const PAUSE: TimeDelta = TimeDelta::seconds(10);

/// Whether a function is left alone.
#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// Since when it is left alone.
    open_since: Option<DateTime<Utc>>,
    is_tried: bool,
}

/// Permission for one request, which is to say how it went.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    breaker: &'a Breaker,
    is_trial: bool,
}

impl Breaker {
    /// Lets a request through, or says how long none is.
    pub(crate) fn admit(&self, now: DateTime<Utc>) -> Result<Permit<'_>, Duration> {
        let mut state = self.state();
        let is_trial = match state.open_since {
            None => false,
            // A clock that was set back must not keep it closed off.
            Some(since) if !state.is_tried && (now >= since + PAUSE || now < since) => true,
            Some(since) => return Err((since + PAUSE - now).to_std().unwrap_or_default()),
        };
        state.is_tried |= is_trial;
        Ok(Permit {
            breaker: self,
            is_trial,
        })
    }

    /// Whether it is left alone.
    pub(crate) fn is_open(&self) -> bool {
        self.state().open_since.is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit<'_> {
    /// It was answered.
    pub(crate) fn succeed(self) {
        *self.breaker.state() = State::default();
    }

    /// It was not answered.
    pub(crate) fn fail(self, now: DateTime<Utc>) {
        let mut state = self.breaker.state();
        state.failures = state.failures.saturating_add(1);
        if self.is_trial || (state.open_since.is_none() && state.failures >= FAILURES) {
            state.open_since = Some(now);
        }
    }
}

impl Drop for Permit<'_> {
    /// A trial whose client went away says nothing; the next request is one.
    fn drop(&mut self) {
        if self.is_trial {
            self.breaker.state().is_tried = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn broken() -> Breaker {
        let breaker = Breaker::default();
        for _ in 0..FAILURES {
            breaker.admit(at(0)).unwrap().fail(at(0));
        }
        assert!(breaker.is_open());
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it() {
        let breaker = Breaker::default();
        for _ in 1..FAILURES {
            breaker.admit(at(0)).unwrap().fail(at(0));
        }
        breaker.admit(at(0)).unwrap().succeed();
        for _ in 1..FAILURES {
            breaker.admit(at(0)).unwrap().fail(at(0));
        }
        assert!(!breaker.is_open());
        assert_eq!(broken().admit(at(3)).unwrap_err(), Duration::from_secs(7));
    }

    #[test]
    fn one_request_finds_out_whether_it_is_back() {
        let breaker = broken();
        let trial = breaker.admit(at(10)).unwrap();
        assert!(breaker.admit(at(10)).is_err());
        trial.fail(at(12));
        assert_eq!(breaker.admit(at(13)).unwrap_err(), Duration::from_secs(9));
        breaker.admit(at(22)).unwrap().succeed();
        assert!(!breaker.is_open() && breaker.admit(at(22)).is_ok());
    }

    #[test]
    fn trial_that_nobody_waited_for_is_made_again() {
        let breaker = broken();
        drop(breaker.admit(at(10)).unwrap());
        assert!(breaker.is_open() && breaker.admit(at(10)).is_ok());
    }

    #[test]
    fn late_failures_do_not_make_the_pause_longer() {
        let breaker = Breaker::default();
        let permits: Vec<_> = (0..=FAILURES).map(|_| breaker.admit(at(0)).unwrap()).collect();
        for (second, permit) in (0..).zip(permits) {
            permit.fail(at(second));
        }
        assert!(breaker.admit(at(14)).is_ok());
    }

    #[test]
    fn clock_that_is_set_back_does_not_keep_it_open() {
        assert!(broken().admit(at(-3600)).is_ok());
    }
}

//! Who goes on a journey.

use std::sync::{Mutex, PoisonError};

use testing::{instant, issuer};
use tokens::{DevelopmentKey, Grant};

use crate::Api;

/// The users of one journey, whom nobody else knows.
#[derive(Debug)]
pub struct Users {
    place: Api,
    journey: Option<&'static str>,
    /// Whose events are checked in the end.
    known: Mutex<Vec<Api>>,
}

impl Users {
    /// The users of `journey` at a place that believes [`testing::issuer`].
    #[must_use]
    pub fn of(journey: &'static str, place: Api) -> Self {
        Self {
            place,
            journey: Some(journey),
            known: Mutex::default(),
        }
    }

    /// Everybody is the one whom `place` serves.
    #[must_use]
    pub fn all_are(place: &Api) -> Self {
        Self {
            place: place.clone(),
            journey: None,
            known: Mutex::default(),
        }
    }

    /// The client of a user.
    #[must_use]
    pub fn named(&self, name: &str) -> Api {
        let Some(journey) = self.journey else {
            return self.place.clone();
        };
        let user = self.place.bearing(&issuer::token(&format!("{name} who {journey}")));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.push(user.clone());
        user
    }

    /// A client of nobody.
    #[must_use]
    pub fn stranger(&self) -> Api {
        self.place.clone()
    }

    /// A client that says it were a user, and has signed that itself.
    ///
    /// # Panics
    /// There are no random bytes.
    #[must_use]
    pub fn impostor(&self, name: &str) -> Api {
        let key = DevelopmentKey::generate().expect("the operating system gives random bytes");
        self.place.bearing(&key.token(&Grant {
            issuer: issuer::ISSUER,
            audience: issuer::AUDIENCE,
            subject: &format!("{name} who {}", self.journey.unwrap_or_default()),
            issued_at: instant("2026-01-01T00:00:00Z"),
            expires_at: instant("9999-01-01T00:00:00Z"),
        }))
    }

    /// Holds every event of every user to its document.
    pub async fn check_events(&self) {
        let known = std::mem::take(&mut *self.known.lock().unwrap_or_else(PoisonError::into_inner));
        for user in known {
            user.check_events().await;
        }
    }
}

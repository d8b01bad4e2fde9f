//! What a test may choose.

use std::{collections::BTreeMap, time::Duration};

use crate::knative::contract::Pauses;

/// What a test may choose.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How soon what a function did not take is tried again.
    pub pauses: Pauses,
    /// After how long without a request a function's process is stopped.
    pub idle: Duration,
    /// How long workers and consumers stay when they are not needed any more; as `keda/` says when absent.
    pub cooldown: Option<Duration>,
    /// How often `reconcile` is run; never when absent.
    pub reconcile: Option<Duration>,
    /// Whether each worker has two processes, which then share its work.
    pub has_second_workers: bool,
    /// Whether users are told apart by the tokens of [`testing::issuer`].
    pub has_users: bool,
    /// What functions find in their environment besides.
    pub environment: BTreeMap<String, String>,
    /// Binaries that take a function's place.
    pub instead: BTreeMap<&'static str, &'static str>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pauses: Pauses::default(),
            idle: Duration::from_secs(5),
            cooldown: None,
            reconcile: None,
            has_second_workers: false,
            has_users: true,
            environment: BTreeMap::new(),
            instead: BTreeMap::new(),
        }
    }
}

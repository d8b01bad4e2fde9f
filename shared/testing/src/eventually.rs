//! Waiting for what other tasks and processes do.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Enough for anything on a busy machine, such as the end of a consumer's session, its rejoining and a JVM's start; reached only
/// when a test fails.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(2);

/// Waits until `holds`, which `what` says in words.
///
/// # Panics
/// It does not hold for two minutes.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "never: {what}");
        sleep(PAUSE).await;
    }
}

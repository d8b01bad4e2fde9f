//! Waiting for what other tasks and processes do.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Enough for anything on a busy machine; reached only when a test fails.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(2);

/// Waits until `holds`, which `what` says in words.
///
/// # Panics
/// It does not hold for half a minute.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "never: {what}");
        sleep(PAUSE).await;
    }
}

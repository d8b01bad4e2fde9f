//! Ending, whatever is under way.

use std::time::Duration;

use runtime::{CancellationToken, shutdown};
use testing::TestApp;
use tokio::time::timeout;

/// Enough on a busy machine; reached only when a test fails.
const FOR_EVER: Duration = Duration::from_secs(30);

#[tokio::test]
async fn part_that_does_not_end_is_dropped() {
    let stop = CancellationToken::new();
    stop.cancel();
    let ended = timeout(FOR_EVER, shutdown::in_time(&stop, std::future::pending::<()>())).await;
    assert_eq!(ended, Ok(None));
}

#[tokio::test]
async fn parts_that_end_are_waited_for() {
    let stop = CancellationToken::new();
    assert_eq!(shutdown::in_time(&stop, async { 7 }).await, Some(7));
    stop.cancel();
    assert_eq!(shutdown::in_time(&stop, async { 7 }).await, Some(7));
}

#[tokio::test]
async fn connection_that_is_never_given_back_is_not_waited_for() {
    let app = TestApp::start().await;
    let database = app.app().database;
    let _kept = database.session().await.unwrap();
    assert_eq!(timeout(FOR_EVER, shutdown::close(&database)).await, Ok(()));
}

//! Ending in time. A process that is told to stop has ten seconds, as `docker stop` gives it. Half of them are for what
//! is here, the other half for a private PostgreSQL.

use std::time::Duration;

use storage::Database;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How long what is under way may go on, requests among it, which have less.
const PARTS: Duration = Duration::from_secs(4);
/// How long connections to the database may take to be given back.
const CONNECTIONS: Duration = Duration::from_secs(1);

/// Waits for the parts of a process to end, but once `stop` is cancelled no longer than four seconds: `None`, and what
/// was still under way is dropped, and what it had not committed undone.
pub async fn in_time<T>(stop: &CancellationToken, parts: impl Future<Output = T>) -> Option<T> {
    let too_late = async {
        stop.cancelled().await;
        sleep(PARTS).await;
    };
    tokio::select! {
        ended = parts => Some(ended),
        () = too_late => {
            tracing::warn!("something was still under way when the process stopped; what was not committed is undone");
            None
        }
    }
}

/// Closes the pool, and waits a second at most for connections that are not given back: the server notices by itself
/// that this process is gone.
pub async fn close(database: &Database) {
    if timeout(CONNECTIONS, database.close()).await.is_err() {
        tracing::warn!("a connection to the database was still in use when the process stopped");
    }
}

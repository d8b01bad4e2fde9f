//! What the caller may choose.

use std::path::PathBuf;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::error::Error;

/// How to start the private server; [`Options::new`] gives safe settings for a laptop or small server.
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) folder: PathBuf,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) die_with_parent: bool,
    pub(crate) ready_within: Duration,
    cancelled: CancellationToken,
}

impl Options {
    /// The server whose data, password, lock, log and socket live in `folder`, made when missing.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            settings: defaults(),
            die_with_parent: false,
            // Recovery begins anew with each start, so one that is cut short would never end.
            ready_within: Duration::from_mins(10),
            cancelled: CancellationToken::new(),
        }
    }

    /// Sets a server parameter, e.g. `("fsync", "off")` in tests; it wins over the default and any earlier value.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// How many connections the server accepts at once; 64 unless told.
    #[must_use]
    pub fn max_connections(self, connections: u16) -> Self {
        self.setting("max_connections", &connections.to_string())
    }

    /// Ends the server even when this process is killed or exits without running destructors; off unless told.
    #[must_use]
    pub fn die_with_parent(mut self, yes: bool) -> Self {
        self.die_with_parent = yes;
        self
    }

    /// Gives the start up once `cancelled` is: what it has begun is ended within five seconds, and the next start finds
    /// nothing in its way.
    #[must_use]
    pub fn cancelled_by(mut self, cancelled: CancellationToken) -> Self {
        self.cancelled = cancelled;
        self
    }

    /// Refuses to go on with a start that was cancelled.
    pub(crate) fn demand_wanted(&self) -> Result<(), Error> {
        if self.cancelled.is_cancelled() {
            return Err(Error::Cancelled);
        }
        Ok(())
    }

    /// Whether the caller gave up durability, so that the folder's making need not be flushed to disk either.
    pub(crate) fn is_durable(&self) -> bool {
        !self
            .settings
            .iter()
            .any(|(name, value)| name == "fsync" && value == "off")
    }
}

/// Small, durable, quiet. `fsync`, `synchronous_commit`, `full_page_writes` and autovacuum keep their default: on.
fn defaults() -> Vec<(String, String)> {
    [
        ("shared_buffers", "64MB"),
        ("max_connections", "64"),
        // Not `minimal`, which writes a little less: `pg_basebackup` of the running server needs `replica`.
        ("wal_level", "replica"),
        // Compiling a query costs more than the short queries of a small service ever take.
        ("jit", "off"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("log_min_messages", "warning"),
        ("log_checkpoints", "off"),
        // A failing statement or a violated key would put people's titles and notes into the log.
        ("log_min_error_statement", "panic"),
        ("log_error_verbosity", "terse"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn a_later_setting_replaces_the_default() {
        let options = Options::new("x").max_connections(7);
        let found: Vec<_> = options
            .settings
            .iter()
            .filter(|(name, _)| name == "max_connections")
            .collect();
        assert_eq!(found, [&("max_connections".to_owned(), "7".to_owned())]);
    }

    #[test]
    fn a_server_is_durable_unless_fsync_is_off() {
        assert!(Options::new("x").is_durable());
        assert!(!Options::new("x").setting("fsync", "off").is_durable());
    }
}

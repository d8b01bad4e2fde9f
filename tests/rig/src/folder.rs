//! Folders that go with whoever made them, even when that is killed.

use std::{fs::Permissions, os::unix::fs::PermissionsExt, path::Path};

use private_postgres::Watchdog;
use tempfile::TempDir;

/// Removes the folder, whose processes may still be about to end.
const SWEEP: &str = r#"for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$0" && exit; sleep 1; done"#;

/// A folder.
#[derive(Debug)]
pub struct Folder {
    folder: TempDir,
    sweeper: Option<Watchdog>,
}

impl Folder {
    /// Makes one that other users of the machine may enter, for root's PostgreSQL runs as one of them.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(prefix: &str) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix(prefix)
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in("/tmp")?;
        let sweeper = Watchdog::start(SWEEP, [&*folder.path().to_string_lossy()])?;
        Ok(Self {
            folder,
            sweeper: Some(sweeper),
        })
    }

    /// Leaves it behind, for somebody to look at what went wrong.
    pub fn keep(&mut self) -> &Path {
        if let Some(sweeper) = self.sweeper.take() {
            sweeper.call_off();
        }
        self.folder.disable_cleanup(true);
        self.folder.path()
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It goes right after this.
        if let Some(sweeper) = self.sweeper.take() {
            sweeper.call_off();
        }
    }
}

//! Folders that go with whoever made them, even when that is killed.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use private_postgres::Watchdog;
use tempfile::TempDir;

/// Removes the folder, whose processes may still be about to end, and then what is beside it.
const SWEEP: &str = r#"for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$0" && break; sleep 1; done
for beside; do [ -s "$beside" ] || rm -f "$beside"; done"#;

/// A folder.
#[derive(Debug)]
pub struct Folder {
    folder: TempDir,
    beside: &'static [&'static str],
    sweeper: Option<Watchdog>,
}

impl Folder {
    /// Makes one that other users of the machine may enter, for root's PostgreSQL runs as one of them. The files `beside` it
    /// go with it where they are empty: marks that processes leave where nobody can tell them not to.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(prefix: &str, beside: &'static [&'static str]) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix(prefix)
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in("/tmp")?;
        let path = folder.path().to_string_lossy();
        let sweeper = Watchdog::start(SWEEP, [&*path].into_iter().chain(beside.iter().copied()))?;
        Ok(Self {
            beside,
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
        // It goes right after this, save one that is kept.
        let Some(sweeper) = self.sweeper.take() else { return };
        sweeper.call_off();
        for beside in self.beside {
            if fs::symlink_metadata(beside).is_ok_and(|mark| mark.is_file() && mark.len() == 0) {
                let _ = fs::remove_file(beside);
            }
        }
    }
}

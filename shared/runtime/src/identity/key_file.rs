//! Keys in a file, such as a mounted secret. Whether it has changed is asked before every use, which takes a
//! microsecond: keys that were taken away verify nothing from then on.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use tokens::{KeySet, KeySetError};

/// Keys in a file.
#[derive(Debug)]
pub(super) struct KeyFile {
    path: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    keys: Option<Arc<KeySet>>,
    /// What was read last; none when nobody has looked yet.
    version: Option<Version>,
}

/// Tells one state of the file from another, be it written anew, replaced, or reached by another symlink. Absent and
/// unreadable are states, too, so that each is complained of once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    There {
        device: u64,
        inode: u64,
        size: u64,
        modified: (i64, i64),
        changed: (i64, i64),
    },
    Away(io::ErrorKind),
}

/// Why the file gives no keys.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error(transparent)]
    NoKeys(#[from] KeySetError),
}

impl KeyFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            known: Mutex::default(),
        }
    }

    /// The keys as the file has them now; where it has become unreadable, those it had before.
    pub(super) fn keys(&self) -> Option<Arc<KeySet>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let version = Version::of(fs::metadata(&self.path));
        if known.version != Some(version) {
            // What is written while it is read is another version at the next look.
            known.version = Some(version);
            match self.read() {
                Ok(keys) => {
                    tracing::info!(usable = keys.usable(), unused = ?keys.unused(), "the issuer's keys were read");
                    known.keys = Some(Arc::new(keys));
                }
                Err(fault) => {
                    tracing::error!(%fault, path = %self.path.display(), "the keys before it serve on");
                }
            }
        }
        known.keys.clone()
    }

    /// Reads the file before anything is served.
    ///
    /// # Errors
    /// It has no key to verify tokens with.
    pub(super) fn demand_keys(&self) -> anyhow::Result<()> {
        let path = self.path.display();
        let keys = self
            .read()
            .map_err(|fault| anyhow::anyhow!("AUTH_JWKS_FILE is {path}: {fault}"))?;
        let unused = keys.unused().join("; ");
        anyhow::ensure!(
            keys.usable() > 0,
            "AUTH_JWKS_FILE is {path}: it has no key to verify tokens with; {unused}"
        );
        Ok(())
    }

    fn read(&self) -> Result<KeySet, Fault> {
        // One that is no file, such as a pipe, may never end.
        if !fs::metadata(&self.path)?.is_file() {
            return Err(io::Error::other("it is no file").into());
        }
        let mut document = Vec::new();
        let most = u64::try_from(KeySet::LONGEST + 1).unwrap_or(u64::MAX);
        File::open(&self.path)?.take(most).read_to_end(&mut document)?;
        Ok(KeySet::parse(&document)?)
    }
}

impl Version {
    fn of(metadata: io::Result<Metadata>) -> Self {
        match metadata {
            Ok(file) => Self::There {
                device: file.dev(),
                inode: file.ino(),
                size: file.size(),
                modified: (file.mtime(), file.mtime_nsec()),
                changed: (file.ctime(), file.ctime_nsec()),
            },
            Err(error) => Self::Away(error.kind()),
        }
    }
}

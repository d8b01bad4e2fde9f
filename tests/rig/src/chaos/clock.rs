//! The functions' clock, which can be moved while they run: libfaketime stands between them and the operating system's.
//! PostgreSQL and Kafka keep the true time.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;

/// The clock of every function whose environment this is in.
#[derive(Debug, Clone)]
pub struct MovedClock {
    file: PathBuf,
    library: PathBuf,
}

impl MovedClock {
    /// One that shows the true time, kept in `folder` under `name`.
    ///
    /// # Errors
    /// libfaketime is missing, or the folder cannot be written.
    pub fn new(folder: &Path, name: &str) -> anyhow::Result<Self> {
        let clock = Self {
            file: folder.join(name),
            library: library().context("libfaketime is missing (Debian: faketime)")?,
        };
        clock.set(0)?;
        Ok(clock)
    }

    /// What a function finds in its environment. It looks at the clock anew within a second.
    #[must_use]
    pub fn environment(&self) -> BTreeMap<String, String> {
        let file = self.file.display().to_string();
        let library = self.library.display().to_string();
        BTreeMap::from(
            [
                ("LD_PRELOAD", &*library),
                ("FAKETIME_TIMESTAMP_FILE", &*file),
                ("FAKETIME_CACHE_DURATION", "1"),
                // Timers are of the other clock, which never jumps.
                ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        )
    }

    /// Sets it so many seconds ahead, or back.
    ///
    /// # Errors
    /// Its file cannot be written.
    pub fn set(&self, seconds: i64) -> anyhow::Result<()> {
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{seconds:+}\n"))?;
        Ok(fs::rename(new, &self.file)?)
    }
}

fn library() -> Option<PathBuf> {
    let folders = ["/usr/lib", "/usr/lib64", "/opt/homebrew/opt/libfaketime/lib"];
    let folders = folders.iter().flat_map(|folder| {
        let below = fs::read_dir(folder).into_iter().flatten().flatten();
        below.map(|entry| entry.path()).chain([PathBuf::from(folder)])
    });
    let names = ["faketime/libfaketimeMT.so.1", "faketime/libfaketime.1.dylib"];
    let mut places = folders.flat_map(|folder| names.map(|name| folder.join(name)));
    places.find(|place| place.exists())
}

//! One owner per folder: an advisory lock that the operating system drops with its holder, however that ends.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};

use crate::error::Error;
use crate::files::open_private;
use crate::home::Home;

/// Held for as long as the server is ours.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    /// Takes the folder's lock, or says which process has it.
    pub(crate) fn take(home: &Home) -> Result<Self, Error> {
        let path = home.lock();
        let mut file = open_private(&path, home.user())?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(already_running(home, &mut file)),
            Err(TryLockError::Error(source)) => return Err(Error::io("lock", &path)(source)),
        }
        record_owner(&mut file).map_err(Error::io("write", &path))?;
        Ok(Self(file))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing is not enough: a process that another thread is just forking holds a copy until it executes.
        let _ = self.0.unlock();
    }
}

fn record_owner(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn already_running(home: &Home, file: &mut File) -> Error {
    let mut owner = String::new();
    // The owner may be between locking and writing; then its pid is not known yet, which must not hide the refusal.
    let _ = file.read_to_string(&mut owner);
    let owner = if owner.trim().is_empty() {
        "unknown".to_owned()
    } else {
        owner.trim().to_owned()
    };
    Error::AlreadyRunning {
        folder: home.folder().to_owned(),
        owner,
    }
}

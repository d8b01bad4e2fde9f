//! One owner per folder: an advisory lock that the operating system drops with its holder, however that ends.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

use crate::error::Error;
use crate::files::open_private;
use crate::home::Home;

/// How often, and how far apart, the lock of an owner that has ended is tried: what it was just forking when it was killed
/// holds a copy until it executes.
const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(10);

/// Held for as long as the server is ours.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    /// Takes the folder's lock, or says which process has it.
    pub(crate) fn take(home: &Home) -> Result<Self, Error> {
        let path = home.lock();
        let mut file = open_private(&path, home.user())?;
        let mut tries = 0;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if tries < TRIES && is_orphaned(&mut file) => {}
                Err(TryLockError::WouldBlock) => return Err(already_running(home, &mut file)),
                Err(TryLockError::Error(source)) => return Err(Error::io("lock", &path)(source)),
            }
            tries += 1;
            std::thread::sleep(PAUSE);
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

/// Whether the process that recorded itself is there no more.
fn is_orphaned(file: &mut File) -> bool {
    let mut owner = String::new();
    let is_read = file.rewind().is_ok() && file.read_to_string(&mut owner).is_ok();
    let pid = owner.trim().parse().ok().filter(|_| is_read);
    pid.is_some_and(|pid| kill(Pid::from_raw(pid), None) == Err(Errno::ESRCH))
}

fn already_running(home: &Home, file: &mut File) -> Error {
    let mut owner = String::new();
    let _ = file.rewind();
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

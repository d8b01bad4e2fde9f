//! What can go wrong, each with what the person can do about it. Each message is whole, and its cause with it: a chain
//! of causes ends here, so that printing it tells nothing twice.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Why the private server could not be found, started or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No usable server binaries on this machine.
    #[error(
        "no PostgreSQL server of version 14 or newer was found (found: {found}). Install one:\n  \
         Debian, Ubuntu: sudo apt install postgresql\n  \
         Fedora:         sudo dnf install postgresql-server\n  \
         macOS:          brew install postgresql@17\n\
         or set DATABASE_URL to a server you already have"
    )]
    NoBinaries {
        /// The versions that are there but too old, or "none".
        found: String,
    },
    /// The data was written by a major version whose binaries are not installed.
    #[error(
        "{} was written by PostgreSQL {needed}, but this machine has {found}: install PostgreSQL {needed}, \
         or dump it with {needed} and restore it into a new folder", data.display()
    )]
    WrongMajor {
        /// The data folder.
        data: PathBuf,
        /// The major version in its `PG_VERSION`.
        needed: u32,
        /// The versions that are installed.
        found: String,
    },
    /// Another process holds the folder's lock.
    #[error(
        "{} is already running, pid {owner}: use that one, or stop it first (kill {owner})", folder.display()
    )]
    AlreadyRunning {
        /// The folder both processes want.
        folder: PathBuf,
        /// The process that holds the lock, as it wrote it there.
        owner: String,
    },
    /// The data belongs to another OS user and we are not root.
    #[error(
        "{} belongs to the OS user with uid {owner}: run as that user or as root, or choose another folder",
        path.display()
    )]
    ForeignOwner {
        /// The data folder.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
    },
    /// Something that is not a cluster lies where the cluster should be.
    #[error("{} is not empty and holds no PostgreSQL data: move it away, or choose another folder", path.display())]
    NotACluster {
        /// The folder in the way.
        path: PathBuf,
    },
    /// We are root, which `PostgreSQL` refuses, and there is nobody else to run it.
    #[error(
        "PostgreSQL refuses to run as root, and there is no OS user postgres or nobody: create one, or run as another user"
    )]
    NoServerUser,
    /// The server's OS user may not enter the folder, nor the one used instead.
    #[error(
        "the OS user {user}, who runs PostgreSQL because root may not, cannot enter {}: \
         give every folder on that path execute permission (chmod o+x), or choose another folder", folder.display()
    )]
    NotEnterable {
        /// The folder in question.
        folder: PathBuf,
        /// The server's OS user.
        user: String,
    },
    /// `initdb` or a single-user server failed.
    #[error("{command} failed ({status}): {output}")]
    Command {
        /// The command line.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// The end of what it said.
        output: String,
    },
    /// The server ended while it was starting.
    #[error("the PostgreSQL server ended while starting ({status}). The end of {}:\n{tail}", log.display())]
    EndedEarly {
        /// How it ended.
        status: ExitStatus,
        /// The server's log.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// The server lives but takes no connections; it was stopped again.
    #[error("the PostgreSQL server was not ready within {seconds} s. The end of {}:\n{tail}", log.display())]
    NotReady {
        /// How long we waited.
        seconds: u64,
        /// The server's log.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// A server process outlived every signal, SIGKILL included.
    #[error("the PostgreSQL server with pid {pid} cannot be stopped: look at its state with ps, the disk may hang")]
    Unstoppable {
        /// The process that stays.
        pid: i32,
    },
    /// A file or process operation failed.
    #[error("cannot {action} {}: {error}", path.display())]
    Io {
        /// What was being done, as a verb.
        action: &'static str,
        /// To which file or program.
        path: PathBuf,
        /// What the operating system said.
        error: std::io::Error,
    },
    /// The caller cancelled the start, and what it had begun was ended.
    #[error("the start of the PostgreSQL server was cancelled")]
    Cancelled,
    /// The asynchronous runtime ended, or our own thread panicked, before the work was done.
    #[error("starting or stopping the PostgreSQL server was interrupted")]
    Interrupted,
}

impl Error {
    /// For `map_err`: an I/O error with the verb and the path it happened to.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { action, path, error }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let error = Error::io("read", Path::new("/folder"))(std::io::Error::other("no"));
        assert_eq!(error.to_string(), "cannot read /folder: no");
        assert!(error.source().is_none());
    }
}

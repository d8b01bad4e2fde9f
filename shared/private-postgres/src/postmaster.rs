//! The server that may still run from an earlier owner: `postmaster.pid` and the truth behind it.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::home::Home;
use crate::signals::{end, is_alive};

/// What `postmaster.pid` says; the server writes it line by line while it starts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: i32,
    pub(crate) socket_directory: PathBuf,
    pub(crate) is_ready: bool,
}

impl PidFile {
    /// The file in `data`, or none when it is missing or just being written.
    pub(crate) fn read(data: &Path) -> Result<Option<Self>, Error> {
        let path = data.join("postmaster.pid");
        match fs::read(&path) {
            Ok(bytes) => Ok(Self::parse(&bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("read", &path)(error)),
        }
    }

    /// Lines: pid (negative for a server without clients), data, start time, port, socket directory, address,
    /// shared memory, status.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let lines: Vec<_> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).collect();
        let pid: i32 = std::str::from_utf8(lines.first()?).ok()?.parse().ok()?;
        let line = |number: usize| lines.get(number - 1).copied().unwrap_or_default();
        let socket_directory = PathBuf::from(OsStr::from_bytes(line(5)));
        Some(Self {
            pid: pid.checked_abs()?,
            socket_directory,
            is_ready: line(8) == b"ready",
        })
    }
}

/// Ends a server that outlived its owner. The caller holds the lock.
///
/// It is ended, not adopted: only as our own child does it run with this start's settings and binaries, and only so
/// can we see when it ends.
pub(crate) fn end_orphan(home: &Home) -> Result<(), Error> {
    let data = home.data();
    let Some(file) = PidFile::read(&data)? else {
        return Ok(());
    };
    if is_postmaster(file.pid, &data) {
        tracing::info!(pid = file.pid, "ending a PostgreSQL server that outlived its owner");
        return if end(file.pid, || !is_postmaster(file.pid, &data)) {
            Ok(())
        } else {
            Err(Error::Unstoppable { pid: file.pid })
        };
    }
    // A file with a dead pid is left to the server, which checks for survivors; with the pid of some other process,
    // it would refuse to start for ever.
    if is_alive(file.pid) {
        let path = data.join("postmaster.pid");
        fs::remove_file(&path).map_err(Error::io("remove", &path))?;
    }
    Ok(())
}

/// Whether `pid` is a server on `data`; the number alone proves nothing, as it may be some other process by now.
#[cfg(target_os = "linux")]
pub(crate) fn is_postmaster(pid: i32, data: &Path) -> bool {
    let process = PathBuf::from(format!("/proc/{pid}"));
    // The command line of a dead process that nobody has waited for yet is empty.
    let command = fs::read(process.join("cmdline")).unwrap_or_default();
    let program = command.split(|byte| *byte == 0).next().unwrap_or_default();
    let is_server = Path::new(OsStr::from_bytes(program)).file_name() == Some(OsStr::new("postgres"));
    // A server works in its data folder, which a person may have linked to another disk.
    is_server && fs::read_link(process.join("cwd")).ok() == fs::canonicalize(data).ok()
}

/// Whether `pid` is a server on `data`; the number alone proves nothing, as it may be some other process by now.
#[cfg(not(target_os = "linux"))]
pub(crate) fn is_postmaster(pid: i32, data: &Path) -> bool {
    let output = std::process::Command::new("ps")
        .args(["-ww", "-o", "command=", "-p", &pid.to_string()])
        .output();
    let command = output
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    // We always start it as `…/postgres -D <data> …`.
    command.contains("postgres") && command.contains(&format!("-D {}", data.display()))
}

#[cfg(test)]
mod tests {
    use super::{PidFile, is_postmaster};
    use std::path::Path;

    #[test]
    fn the_file_is_read_at_every_stage_of_its_writing() {
        assert_eq!(PidFile::parse(b""), None);
        let early = PidFile::parse(b"12\n/data\n").unwrap();
        assert!(!early.is_ready);
        let late = PidFile::parse(b"12\n/data\n1\n5432\n/s\n\n  123  4\nready   \n").unwrap();
        assert_eq!(
            late,
            PidFile {
                pid: 12,
                socket_directory: "/s".into(),
                is_ready: true
            }
        );
        assert_eq!(PidFile::parse(b"-12\n/data\n").unwrap().pid, 12);
    }

    #[test]
    fn some_other_process_is_no_server() {
        let own = i32::try_from(std::process::id()).unwrap();
        assert!(!is_postmaster(own, &std::env::current_dir().unwrap()));
        assert!(!is_postmaster(own, Path::new("/")));
    }
}

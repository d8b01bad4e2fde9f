//! The directory of the server's socket: private, and short enough for the operating system.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::files::{make_private_directory, random_name};
use crate::home::Home;

/// Part of the socket's file name; nothing listens on a port.
pub(crate) const PORT: u16 = 5432;

/// `sun_path` holds 107 bytes on Linux and 103 on macOS; one limit makes a folder work on both or on neither.
const LONGEST: usize = 103;

/// Not `TMPDIR` or `XDG_RUNTIME_DIR`: the server's user may not enter the first, and the second goes with the login.
const SHORT_ROOT: &str = "/tmp";

const SHORT_PREFIX: &str = "dormouse-";

/// Makes the socket's directory anew. The caller holds the lock and no server of this folder runs.
pub(crate) fn prepare(home: &Home) -> Result<PathBuf, Error> {
    remove(home)?;
    let wished = home.socket();
    if fits(&wished) {
        make_private_directory(&wished, home.user())?;
        return Ok(wished);
    }
    // The name cannot be foreseen, so no other user can take it first; the link lets the next start clean up.
    let short = Path::new(SHORT_ROOT).join(format!("{SHORT_PREFIX}{}", random_name()?));
    make_private_directory(&short, home.user())?;
    symlink(&short, &wished).map_err(Error::io("make", &wished))?;
    Ok(short)
}

/// Removes the socket's directory with the two files the server keeps there, but nothing else.
pub(crate) fn remove(home: &Home) -> Result<(), Error> {
    let known = home.socket();
    if let Ok(short) = fs::read_link(&known) {
        let ours = short.parent() == Some(Path::new(SHORT_ROOT))
            && short
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(SHORT_PREFIX));
        if ours {
            clear(&short);
        }
        return fs::remove_file(&known).map_err(Error::io("remove", &known));
    }
    if known.exists() {
        clear(&known);
        // Whatever else lies there would be in the server's way; say so instead of deleting it.
        if known.exists() {
            return Err(Error::NotACluster { path: known });
        }
    }
    Ok(())
}

fn clear(directory: &Path) {
    for name in [format!(".s.PGSQL.{PORT}"), format!(".s.PGSQL.{PORT}.lock")] {
        // Missing is the usual case, and what cannot be removed keeps the directory, which the caller sees.
        let _ = fs::remove_file(directory.join(name));
    }
    let _ = fs::remove_dir(directory);
}

/// Whether a socket in `directory` has a path that fits, and that `postmaster.pid` and a URL can carry.
fn fits(directory: &Path) -> bool {
    let socket = directory.join(format!(".s.PGSQL.{PORT}"));
    socket
        .to_str()
        .is_some_and(|path| path.len() <= LONGEST && !path.contains(char::is_control))
}

/// The value of `unix_socket_directories`, a list of which this is the only element, commas and all.
pub(crate) fn as_setting(directory: &Path) -> String {
    format!(
        "unix_socket_directories=\"{}\"",
        directory.display().to_string().replace('"', "\"\"")
    )
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, as_setting, fits};
    use std::path::Path;

    #[test]
    fn a_path_fits_up_to_the_last_byte() {
        let rest = "/.s.PGSQL.5432".len();
        assert!(fits(Path::new(&format!("/{}", "a".repeat(LONGEST - rest - 1)))));
        assert!(!fits(Path::new(&format!("/{}", "a".repeat(LONGEST - rest)))));
        assert!(!fits(Path::new("/two\nlines")));
    }

    #[test]
    fn a_comma_does_not_make_two_directories() {
        assert_eq!(
            as_setting(Path::new("/a, \"b")),
            "unix_socket_directories=\"/a, \"\"b\""
        );
    }
}

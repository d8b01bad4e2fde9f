//! The server's log file.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::files::open_private;
use crate::home::Home;

/// Beyond this the last log is put aside, and the one put aside before is dropped.
const LARGEST: u64 = 10 * 1024 * 1024;

/// How much of the end an error shows.
const SHOWN_LINES: usize = 15;
const SHOWN_BYTES: u64 = 16 * 1024;

/// The log of one start.
#[derive(Debug)]
pub(crate) struct Log {
    path: PathBuf,
    begin: u64,
}

impl Log {
    /// Makes room when the last log is large, and remembers where this start's lines begin.
    pub(crate) fn prepare(home: &Home) -> Result<Self, Error> {
        let path = home.log();
        let size = fs::symlink_metadata(&path).map_or(0, |metadata| metadata.len());
        if size > LARGEST {
            let aside = path.with_extension("log.1");
            fs::rename(&path, &aside).map_err(Error::io("rename", &path))?;
        }
        let begin = open_private(&path, home.user())?
            .metadata()
            .map_or(0, |metadata| metadata.len());
        Ok(Self { path, begin })
    }

    /// A handle for the server's output.
    pub(crate) fn append(&self) -> Result<File, Error> {
        OpenOptions::new()
            .append(true)
            .open(&self.path)
            .map_err(Error::io("open", &self.path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The last lines of this start.
    pub(crate) fn tail(&self) -> String {
        self.read_tail()
            .unwrap_or_else(|error| format!("(cannot be read: {error})"))
    }

    fn read_tail(&self) -> std::io::Result<String> {
        let mut file = File::open(&self.path)?;
        let end = file.metadata()?.len();
        file.seek(SeekFrom::Start(self.begin.max(end.saturating_sub(SHOWN_BYTES))))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(last_lines(&String::from_utf8_lossy(&bytes)))
    }
}

/// The end of `text`, short enough for an error message.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text.trim().lines().collect();
    lines
        .get(lines.len().saturating_sub(SHOWN_LINES)..)
        .unwrap_or_default()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;

    use super::{LARGEST, Log, SHOWN_LINES, last_lines};
    use crate::home::Home;

    #[test]
    fn a_large_log_is_put_aside_and_the_tail_is_of_this_start() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::find(folder.path()).unwrap().unwrap();
        Log::prepare(&home)
            .unwrap()
            .append()
            .unwrap()
            .write_all(b"first\n")
            .unwrap();
        let log = Log::prepare(&home).unwrap();
        log.append().unwrap().write_all(b"second\n").unwrap();
        assert_eq!(log.tail(), "second");

        File::options()
            .write(true)
            .open(home.log())
            .unwrap()
            .set_len(LARGEST + 1)
            .unwrap();
        Log::prepare(&home).unwrap();
        assert_eq!(home.log().metadata().unwrap().len(), 0);
        assert_eq!(
            folder.path().join("postgres.log.1").metadata().unwrap().len(),
            LARGEST + 1
        );
    }

    #[test]
    fn only_the_last_lines_are_shown() {
        let text = (0..100).map(|number| format!("{number}\n")).collect::<String>();
        assert_eq!(last_lines(&text).lines().count(), SHOWN_LINES);
        assert!(last_lines(&text).ends_with("99"));
        assert_eq!(last_lines(""), "");
    }
}

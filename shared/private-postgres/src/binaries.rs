//! Finds the newest server binaries of this machine.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::os_user::OsUser;

/// The oldest major version whose `initdb` and settings we know.
const OLDEST: u32 = 14;

/// Where packages put their binaries: `<root>/<prefix>*/bin`.
const INSTALLATIONS: [(&str, &str); 8] = [
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/usr/local", "pgsql"),
    ("/opt/homebrew/opt", "postgresql"),
    ("/usr/local/opt", "postgresql"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql"),
    ("/opt/local/lib", "postgresql"),
    ("/Applications/Postgres.app/Contents/Versions", ""),
];

/// A server's version, e.g. 15.18.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// Reads what `postgres --version` says: `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, `… 19devel`.
    fn parse(text: &str) -> Option<Self> {
        let number = text.split_once("(PostgreSQL)")?.1.trim_start();
        let (major, rest) = leading_number(number)?;
        let minor = rest
            .strip_prefix('.')
            .and_then(leading_number)
            .map_or(0, |(minor, _)| minor);
        Some(Self { major, minor })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

fn leading_number(text: &str) -> Option<(u32, &str)> {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    Some((text.get(..end)?.parse().ok()?, text.get(end..)?))
}

/// One installation's `postgres` and `initdb`.
#[derive(Debug, Clone)]
pub(crate) struct Binaries {
    version: Version,
    directory: PathBuf,
}

impl Binaries {
    /// The newest binaries that `user` can run, of the major version that wrote `data` when it exists.
    pub(crate) fn for_data(data: &Path, user: &OsUser) -> Result<Self, Error> {
        let found = installed(&search_path(), user);
        match written_by(data)? {
            Some(major) => of_major(&found, major).ok_or_else(|| Error::WrongMajor {
                data: data.to_owned(),
                needed: major,
                found: list(&found),
            }),
            None => newest(&found).ok_or_else(|| Error::NoBinaries { found: list(&found) }),
        }
    }

    pub(crate) fn version(&self) -> Version {
        self.version
    }

    pub(crate) fn postgres(&self, user: &OsUser) -> Command {
        user.command(self.directory.join("postgres"))
    }

    pub(crate) fn initdb(&self, user: &OsUser) -> Command {
        user.command(self.directory.join("initdb"))
    }
}

/// The major version in the cluster's `PG_VERSION`, when there is a cluster.
fn written_by(data: &Path) -> Result<Option<u32>, Error> {
    let path = data.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => match text.trim().parse() {
            Ok(major) => Ok(Some(major)),
            Err(_) => Err(Error::NotACluster { path: data.to_owned() }),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", &path)(error)),
    }
}

fn search_path() -> Vec<PathBuf> {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut directories: Vec<_> = std::env::split_paths(&on_path).collect();
    for (root, prefix) in INSTALLATIONS {
        let Ok(entries) = fs::read_dir(root) else {
            continue;
        };
        let matching = entries
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
        directories.extend(matching.map(|entry| entry.path().join("bin")));
    }
    directories
}

/// Every usable installation behind `directories`, links resolved, each once.
fn installed(directories: &[PathBuf], user: &OsUser) -> Vec<Binaries> {
    let real: BTreeSet<PathBuf> = directories
        .iter()
        // A link to `postgres` alone (/usr/local/bin) leads to the directory where the other programs are.
        .filter_map(|directory| {
            fs::canonicalize(directory.join("postgres"))
                .ok()?
                .parent()
                .map(Path::to_owned)
        })
        .filter(|directory| directory.join("initdb").is_file())
        .collect();
    real.into_iter()
        .filter_map(|directory| inspect(directory, user))
        .collect()
}

/// Asks the binary itself, as the user who would run it: one that cannot be run is of no use, whatever its name.
fn inspect(directory: PathBuf, user: &OsUser) -> Option<Binaries> {
    let output = user
        .command(directory.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    let version = Version::parse(&String::from_utf8_lossy(&output.stdout))?;
    Some(Binaries { version, directory })
}

fn newest(found: &[Binaries]) -> Option<Binaries> {
    found
        .iter()
        .filter(|one| one.version.major >= OLDEST)
        .max_by_key(|one| one.version)
        .cloned()
}

fn of_major(found: &[Binaries], major: u32) -> Option<Binaries> {
    found
        .iter()
        .filter(|one| one.version.major == major)
        .max_by_key(|one| one.version)
        .cloned()
}

fn list(found: &[Binaries]) -> String {
    if found.is_empty() {
        return "none".to_owned();
    }
    found
        .iter()
        .map(|one| format!("{} in {}", one.version, one.directory.display()))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
#[path = "binaries_tests.rs"]
mod tests;

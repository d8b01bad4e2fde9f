//! Who runs the server: we ourselves, or, because `PostgreSQL` refuses root, somebody else.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{Uid, User, geteuid};

use crate::error::Error;

/// What the server's commands may see of our environment: the rest is none of their business (`DATABASE_URL`) or
/// changes what they do (`PGPORT`, `PGDATA`).
const KEPT_ENVIRONMENT: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/// The OS user who owns the data and runs the server.
#[derive(Debug, Clone)]
pub(crate) struct OsUser {
    name: String,
    uid: u32,
    gid: u32,
    foreign: bool,
}

impl OsUser {
    /// The user for the cluster at `data`: its owner when it exists, else ourselves, or `postgres` or `nobody` for root.
    pub(crate) fn for_data(data: &Path) -> Result<Self, Error> {
        let own = geteuid();
        let data_is = fs::metadata(data).ok();
        match data_is {
            Some(metadata) if own.is_root() && metadata.uid() != 0 => Ok(Self::owner_of(&metadata)),
            Some(metadata) if !own.is_root() && metadata.uid() != own.as_raw() => Err(Error::ForeignOwner {
                path: data.to_owned(),
                owner: metadata.uid(),
            }),
            _ if own.is_root() => Self::instead_of_root(),
            _ => Ok(Self {
                name: "we".to_owned(),
                uid: own.as_raw(),
                gid: nix::unistd::getegid().as_raw(),
                foreign: false,
            }),
        }
    }

    fn owner_of(metadata: &Metadata) -> Self {
        let known = User::from_uid(Uid::from_raw(metadata.uid())).ok().flatten();
        let name = known.map_or_else(|| format!("with uid {}", metadata.uid()), |user| user.name);
        Self {
            name,
            uid: metadata.uid(),
            gid: metadata.gid(),
            foreign: true,
        }
    }

    fn instead_of_root() -> Result<Self, Error> {
        ["postgres", "nobody"]
            .into_iter()
            .filter_map(|name| User::from_name(name).ok().flatten())
            .find(|user| !user.uid.is_root())
            .map(|user| Self {
                name: user.name,
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
                foreign: true,
            })
            .ok_or(Error::NoServerUser)
    }

    /// A command that runs as this user, in a harmless directory, with a clean environment and nothing to read.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(
            KEPT_ENVIRONMENT
                .into_iter()
                .filter_map(|name| Some((name, std::env::var_os(name)?))),
        );
        // Without a locale the server refuses to start on macOS; in any other its messages would be translated.
        command.env("LC_ALL", "C").current_dir("/").stdin(Stdio::null());
        if self.foreign {
            // std also drops root's supplementary groups here.
            command.gid(self.gid).uid(self.uid);
        }
        command
    }

    /// Gives `path` (a link: the link itself) to this user; nothing to do when we are that user.
    pub(crate) fn take_over(&self, path: &Path) -> Result<(), Error> {
        if !self.foreign {
            return Ok(());
        }
        lchown(path, Some(self.uid), Some(self.gid)).map_err(Error::io("hand over", path))
    }

    /// Whether this user may enter `folder`, by the permission bits of it and of every parent.
    pub(crate) fn can_enter(&self, folder: &Path) -> Result<bool, Error> {
        if !self.foreign {
            return Ok(true);
        }
        for part in folder.ancestors() {
            let metadata = fs::metadata(part).map_err(Error::io("look at", part))?;
            if !self.may_execute(&metadata) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn may_execute(&self, metadata: &Metadata) -> bool {
        let bit = if metadata.uid() == self.uid {
            0o100
        } else if metadata.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        metadata.mode() & bit != 0
    }

    /// Whether the server runs as somebody else than we do.
    pub(crate) fn is_foreign(&self) -> bool {
        self.foreign
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn uid(&self) -> u32 {
        self.uid
    }

    pub(crate) fn gid(&self) -> u32 {
        self.gid
    }
}

#[cfg(test)]
mod tests {
    use super::OsUser;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    /// Nobody on this machine, so that only the bits for others count.
    fn stranger() -> OsUser {
        OsUser {
            name: "stranger".to_owned(),
            uid: 54_321,
            gid: 54_321,
            foreign: true,
        }
    }

    #[test]
    fn one_closed_parent_keeps_a_user_out() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("below");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o711)).unwrap();

        fs::set_permissions(parent.path(), Permissions::from_mode(0o700)).unwrap();
        assert!(!stranger().can_enter(&folder).unwrap());
        fs::set_permissions(parent.path(), Permissions::from_mode(0o711)).unwrap();
        assert!(stranger().can_enter(&folder).unwrap());
    }
}

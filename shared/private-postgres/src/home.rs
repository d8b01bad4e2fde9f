//! The folder that holds everything of one server, and where it really lies.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use crate::error::Error;
use crate::files::{make_directory, random_name};
use crate::os_user::OsUser;

/// Where root keeps data whose wished folder the server's OS user may not enter.
const ELSEWHERE: &str = "/var/lib/dormouse";

/// The link in the wished folder to the folder used instead.
const LINK: &str = "elsewhere";

/// One server's folder and the OS user who runs the server.
#[derive(Debug)]
pub(crate) struct Home {
    folder: PathBuf,
    moved_from: Option<PathBuf>,
    user: OsUser,
}

impl Home {
    /// The folder for `wished`, made when missing.
    pub(crate) fn prepare(wished: &Path) -> Result<Self, Error> {
        make_directory(wished, folder_mode())?;
        if let Some(home) = Self::find(wished)?
            && home.user.can_enter(&home.folder)?
        {
            return Ok(home);
        }
        Self::move_elsewhere(wished)
    }

    /// The folder that serves `wished`, when there is one.
    pub(crate) fn find(wished: &Path) -> Result<Option<Self>, Error> {
        let canonical = match fs::canonicalize(wished) {
            Ok(path) => path,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("find", wished)(error)),
        };
        let (folder, moved_from) = match linked(&canonical) {
            Some(target) => (target, Some(canonical)),
            None => (canonical, None),
        };
        let user = OsUser::for_data(&folder.join("data"))?;
        Ok(Some(Self {
            folder,
            moved_from,
            user,
        }))
    }

    /// People's folders keep their permissions: the data goes where the server's user can reach it.
    fn move_elsewhere(wished: &Path) -> Result<Self, Error> {
        let link = wished.join(LINK);
        if link.is_symlink() && !link.exists() {
            // What it led to was deleted: begin anew.
            fs::remove_file(&link).map_err(Error::io("remove", &link))?;
        }
        // Not derived from the wished path: whoever deletes that folder expects to begin anew.
        let folder = Path::new(ELSEWHERE).join(random_name()?);
        make_directory(Path::new(ELSEWHERE), 0o711)?;
        make_directory(&folder, 0o711)?;
        match symlink(&folder, &link) {
            // Two first starts at once: the other one's link stands, and ours has nothing in it yet.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                fs::remove_dir(&folder).map_err(Error::io("remove", &folder))?;
            }
            other => other.map_err(Error::io("make", &link))?,
        }
        match Self::find(wished)? {
            Some(home) if home.moved_from.is_some() && home.user.can_enter(&home.folder)? => Ok(home),
            other => Err(Error::NotEnterable {
                folder: wished.to_owned(),
                user: other.map_or_else(String::new, |home| home.user.name().to_owned()),
            }),
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder that was asked for, when another one had to be used.
    pub(crate) fn moved_from(&self) -> Option<&Path> {
        self.moved_from.as_deref()
    }

    pub(crate) fn user(&self) -> &OsUser {
        &self.user
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.folder.join("lock")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("postgres.log")
    }

    pub(crate) fn password(&self) -> PathBuf {
        self.folder.join("password")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join("socket")
    }
}

/// The folder `canonical` links to. A link to anywhere but below our own folder was not made by us.
fn linked(canonical: &Path) -> Option<PathBuf> {
    let target = fs::read_link(canonical.join(LINK)).ok()?;
    if target.parent() != Some(Path::new(ELSEWHERE)) {
        return None;
    }
    fs::canonicalize(target).ok().filter(|folder| folder.is_dir())
}

/// Ours alone; but root lets the server's user through, to the files inside that are that user's.
fn folder_mode() -> u32 {
    if geteuid().is_root() { 0o711 } else { 0o700 }
}

//! Files and names that no other local user can read or foresee.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

use nix::libc;

use crate::error::Error;
use crate::os_user::OsUser;

/// Opens `path` for reading and writing, made 0600 when missing, and gives it to the server's OS user.
///
/// A link is not followed: root may work below a folder of somebody else, who must not choose what is handed over.
pub(crate) fn open_private(path: &Path, user: &OsUser) -> Result<File, Error> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)
        .map_err(Error::io("open", path))?;
    if user.is_foreign() {
        fchown(&file, Some(user.uid()), Some(user.gid())).map_err(Error::io("hand over", path))?;
    }
    Ok(file)
}

/// Makes the directory `path`, which must not exist, for the server's OS user alone.
pub(crate) fn make_private_directory(path: &Path, user: &OsUser) -> Result<(), Error> {
    DirBuilder::new()
        .mode(0o700)
        .create(path)
        .map_err(Error::io("make", path))?;
    user.take_over(path)
}

/// Makes the directory `path` and its parents when missing, with `mode` whatever the umask.
pub(crate) fn make_directory(path: &Path, mode: u32) -> Result<(), Error> {
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(path).map_err(Error::io("make", path))?;
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(Error::io("set the permissions of", path))
}

/// Puts the names in directory `path` on disk, so that a rename outlives a power loss.
pub(crate) fn sync_directory(path: &Path) -> Result<(), Error> {
    File::open(path)
        .and_then(|directory| directory.sync_all())
        .map_err(Error::io("flush", path))
}

/// 128 random bits from the operating system, in hexadecimal.
pub(crate) fn random_name() -> Result<String, Error> {
    let source = Path::new("/dev/urandom");
    let mut bytes = [0_u8; 16];
    File::open(source)
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(Error::io("read", source))?;
    Ok(bytes.iter().fold(String::new(), |mut name, byte| {
        // Writing to a String cannot fail.
        let _ = write!(name, "{byte:02x}");
        name
    }))
}

#[cfg(test)]
mod tests {
    use super::{open_private, random_name};
    use crate::os_user::OsUser;

    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        std::fs::write(&target, "").unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(open_private(&link, &OsUser::for_data(folder.path()).unwrap()).is_err());
    }

    #[test]
    fn names_are_long_and_never_twice_the_same() {
        let (one, two) = (random_name().unwrap(), random_name().unwrap());
        assert_eq!(one.len(), 32);
        assert_ne!(one, two);
    }
}

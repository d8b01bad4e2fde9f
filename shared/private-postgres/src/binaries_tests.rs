use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use tempfile::TempDir;

use super::{Version, installed, list, newest, of_major, written_by};
use crate::error::Error;
use crate::os_user::OsUser;

fn open_folder() -> TempDir {
    tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o755))
        .tempdir()
        .unwrap()
}

fn user() -> OsUser {
    OsUser::for_data(Path::new("/nonexistent")).unwrap()
}

/// Programs that only know their version.
fn pretend_installation(directory: &Path, version: &str) {
    fs::create_dir_all(directory).unwrap();
    for name in ["postgres", "initdb"] {
        let program = directory.join(name);
        fs::write(&program, format!("#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")).unwrap();
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn versions_are_read_as_packages_write_them() {
    let parse = |text| Version::parse(text).map(|version| version.to_string());
    assert_eq!(
        parse("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)").as_deref(),
        Some("15.18")
    );
    assert_eq!(parse("postgres (PostgreSQL) 19devel\n").as_deref(), Some("19.0"));
    assert_eq!(parse("postgres (PostgreSQL) 18beta2").as_deref(), Some("18.0"));
    assert_eq!(parse("something else"), None);
}

#[test]
fn the_newest_wins_and_links_count_once() {
    let folder = open_folder();
    let (old, new, links) = (
        folder.path().join("14"),
        folder.path().join("17"),
        folder.path().join("links"),
    );
    pretend_installation(&old, "14.9");
    pretend_installation(&new, "17.10");
    fs::create_dir(&links).unwrap();
    symlink(new.join("postgres"), links.join("postgres")).unwrap();

    let found = installed(&[links, old, new.clone(), folder.path().join("absent")], &user());

    assert_eq!(found.len(), 2);
    assert_eq!(newest(&found).unwrap().directory, fs::canonicalize(new).unwrap());
    assert_eq!(of_major(&found, 14).unwrap().version, Version { major: 14, minor: 9 });
    assert!(of_major(&found, 16).is_none());
}

#[test]
fn an_old_server_or_one_without_initdb_is_not_used() {
    let folder = open_folder();
    let (old, partial) = (folder.path().join("13"), folder.path().join("partial"));
    pretend_installation(&old, "13.4");
    pretend_installation(&partial, "17.1");
    fs::remove_file(partial.join("initdb")).unwrap();
    assert!(newest(&installed(&[old, partial], &user())).is_none());
}

#[test]
fn without_binaries_the_error_says_what_to_install() {
    let found = installed(&[], &user());
    let message = Error::NoBinaries { found: list(&found) }.to_string();
    for hint in [
        "apt install postgresql",
        "dnf install postgresql-server",
        "brew install postgresql@17",
    ] {
        assert!(message.contains(hint), "{message}");
    }
}

#[test]
fn the_cluster_says_which_major_it_needs() {
    let folder = open_folder();
    assert_eq!(written_by(folder.path()).unwrap(), None);
    fs::write(folder.path().join("PG_VERSION"), "16\n").unwrap();
    assert_eq!(written_by(folder.path()).unwrap(), Some(16));
}

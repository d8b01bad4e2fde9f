//! The cluster's files: made completely or not at all, and the password that opens them.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::binaries::Binaries;
use crate::connection::{DATABASE, ROLE};
use crate::error::Error;
use crate::files::{make_private_directory, open_private, random_name, sync_directory};
use crate::home::Home;
use crate::options::Options;
use crate::program::run;

/// Unfinished clusters. Each has a name of its own, as an abandoned `initdb` may still be writing into the last one.
const UNFINISHED: &str = "unfinished-";

/// Makes the cluster when there is none, and returns the password of [`ROLE`].
pub(crate) fn ensure(home: &Home, binaries: &Binaries, options: &Options) -> Result<String, Error> {
    remove_unfinished(home);
    if !home.data().join("PG_VERSION").exists() {
        return initialise(home, binaries, options);
    }
    match read_password(home)? {
        Some(password) => Ok(password),
        None => renew_password(home, binaries, options),
    }
}

/// The stored password, when there is one.
pub(crate) fn read_password(home: &Home) -> Result<Option<String>, Error> {
    let path = home.password();
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|password| !password.is_empty())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", &path)(error)),
    }
}

fn remove_unfinished(home: &Home) {
    let Ok(entries) = fs::read_dir(home.folder()) else {
        return;
    };
    for entry in entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(UNFINISHED))
    {
        // Only space is lost when it fails; the next start tries again.
        if let Err(error) = fs::remove_dir_all(entry.path()) {
            tracing::warn!(path = %entry.path().display(), %error, "cannot remove an unfinished cluster");
        }
    }
}

fn initialise(home: &Home, binaries: &Binaries, options: &Options) -> Result<String, Error> {
    refuse_foreign_files(&home.data())?;
    let scratch = home.folder().join(format!("{UNFINISHED}{}", random_name()?));
    make_private_directory(&scratch, home.user())?;
    let (data, password_file) = (scratch.join("data"), scratch.join("password"));
    let password = random_name()?;
    write_password(home, &password_file, &password)?;

    let mut initdb = binaries.initdb(home.user());
    // The C locale sorts the same on every system and version, and no update of the C library spoils an index.
    initdb.args([
        "--encoding=UTF8",
        "--locale=C",
        "--data-checksums",
        "--auth=scram-sha-256",
        "--no-instructions",
    ]);
    initdb
        .arg(format!("--username={ROLE}"))
        .arg("--pwfile")
        .arg(&password_file)
        .arg("--pgdata")
        .arg(&data);
    if !options.is_durable() {
        initdb.arg("--no-sync");
    }
    run(&mut initdb, "", options)?;
    let statement = format!("CREATE DATABASE {DATABASE}\n");
    execute(home, binaries, options, &data, &statement)?;

    // The password first: data without it would be a cluster that nobody can enter.
    for (from, to) in [(password_file, home.password()), (data, home.data())] {
        fs::rename(&from, &to).map_err(Error::io("put in place", &to))?;
    }
    sync_directory(home.folder())?;
    fs::remove_dir(&scratch).map_err(Error::io("remove", &scratch))?;
    Ok(password)
}

/// An empty folder may be replaced; anything else is somebody's.
fn refuse_foreign_files(data: &Path) -> Result<(), Error> {
    match fs::read_dir(data).map(|mut entries| entries.next().is_some()) {
        Ok(false) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        _ => Err(Error::NotACluster { path: data.to_owned() }),
    }
}

/// Whoever may write the data may also set a new password: a lost one must not cost the data.
fn renew_password(home: &Home, binaries: &Binaries, options: &Options) -> Result<String, Error> {
    tracing::warn!(path = %home.password().display(), "the password file is missing: setting a new password");
    let password = random_name()?;
    let statement = format!("ALTER ROLE {ROLE} PASSWORD '{password}'\n");
    execute(home, binaries, options, &home.data(), &statement)?;
    write_password(home, &home.password(), &password)?;
    Ok(password)
}

fn write_password(home: &Home, path: &Path, password: &str) -> Result<(), Error> {
    let mut file = open_private(path, home.user())?;
    file.set_len(0)
        .and_then(|()| writeln!(file, "{password}"))
        .and_then(|()| file.sync_all())
        .map_err(Error::io("write", path))
}

/// Runs one statement in a server without network or clients.
fn execute(home: &Home, binaries: &Binaries, options: &Options, data: &Path, statement: &str) -> Result<(), Error> {
    let mut single = binaries.postgres(home.user());
    single.args(["--single", "-c", "exit_on_error=on", "-c", "log_checkpoints=off"]);
    single
        .args(["-c", if options.is_durable() { "fsync=on" } else { "fsync=off" }])
        .arg("-D")
        .arg(data)
        .arg("postgres");
    run(&mut single, statement, options)
}

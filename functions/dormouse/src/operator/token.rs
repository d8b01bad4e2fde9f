//! Tokens to develop with, signed with a key pair that is made once in the data folder. An installation believes them
//! only when it is told to, by the variables that are printed beside.

use std::{
    fs,
    io::{ErrorKind, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use chrono::{DateTime, Utc};
use domain::UserId;
use runtime::Clock;
use tempfile::NamedTempFile;
use tokens::{DevelopmentKey, Expected, Grant, KeySet, Verified};

use super::{explain, print};
use crate::cli::Token;

/// What `iss` and `aud` say where neither the command line nor the environment does.
const ISSUER: &str = "dormouse-token";
const AUDIENCE: &str = "dormouse";

/// A token, and what makes an installation believe it.
#[derive(Debug)]
pub struct Issued {
    /// The token.
    pub token: String,
    /// Whom it names.
    pub user: UserId,
    /// Its `iss` and `aud`.
    pub expected: Expected,
    /// The document with the key that verifies it.
    pub jwks_file: PathBuf,
}

/// Prints a token on standard output and how to use it beside, on standard error.
///
/// # Errors
/// See [`issue`].
pub fn run(command: &Token, folder: &Path) -> anyhow::Result<()> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let expected = Expected {
        issuer: variable("AUTH_ISSUER").unwrap_or_else(|| ISSUER.to_owned()),
        audience: variable("AUTH_AUDIENCE").unwrap_or_else(|| AUDIENCE.to_owned()),
    };
    let issued = issue(command, expected, folder, Clock::system().now())?;
    print(&issued.token);
    explain(&format!(
        "This is user {user}. Serve those who bring such tokens with:\n\
         \n  AUTH_JWKS_FILE={file} AUTH_ISSUER={issuer} AUTH_AUDIENCE={audience} dormouse\n\
         \nand ask with the token as TOKEN:\n\
         \n  curl -s http://127.0.0.1:8080/v1/tasks -H \"Authorization: Bearer $TOKEN\"\n\
         \nWhoever reads the key beside that file can be anybody: it is for development.",
        user = issued.user,
        file = quoted(&issued.jwks_file.to_string_lossy()),
        issuer = quoted(&issued.expected.issuer),
        audience = quoted(&issued.expected.audience),
    ));
    Ok(())
}

/// Makes a token by the key pair in `folder`, which is made when there is none. What the command does not say of the
/// issuer and the audience is as `expected`.
///
/// # Errors
/// The token would be refused, or the key pair can be neither read nor made.
pub fn issue(command: &Token, expected: Expected, folder: &Path, now: DateTime<Utc>) -> anyhow::Result<Issued> {
    anyhow::ensure!(
        command.expires.is_positive(),
        "--expires says how long the token is good, such as P30D or PT12H"
    );
    let folder = folder.join("tokens");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let key = key_in(&folder)?;
    let jwks_file = folder.join("jwks.json");
    publish(&key, &jwks_file)?;
    let expected = Expected {
        issuer: command.issuer.clone().unwrap_or(expected.issuer),
        audience: command.audience.clone().unwrap_or(expected.audience),
    };
    let token = key.token(&Grant {
        issuer: &expected.issuer,
        audience: &expected.audience,
        subject: &command.user,
        issued_at: now,
        expires_at: now + command.expires.as_duration(),
    });
    let keys = KeySet::parse(key.to_key_set_json().as_bytes())?;
    let user = expected
        .read(&token, now)
        .and_then(|token| token.verify(&keys, &Verified::default()));
    Ok(Issued {
        user: user.context("such a token would be refused")?,
        token,
        expected,
        jwks_file,
    })
}

/// The key pair, made when there is none. Of two that are made at once, the first one stands.
fn key_in(folder: &Path) -> anyhow::Result<DevelopmentKey> {
    let file = folder.join("private-key.json");
    if !file.exists() {
        let made = written(folder, &DevelopmentKey::generate()?.to_private_json())?;
        match made.persist_noclobber(&file) {
            Err(failure) if failure.error.kind() != ErrorKind::AlreadyExists => {
                return Err(failure.error).with_context(|| format!("cannot make {}", file.display()));
            }
            _ => {}
        }
    }
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let mode = fs::metadata(&file)?.permissions().mode();
    anyhow::ensure!(
        mode.trailing_zeros() >= 6,
        "others can read {file}, and so be anybody: `chmod 600 {file}`, or remove it for a new one",
        file = file.display()
    );
    DevelopmentKey::from_private_json(&text)
        .with_context(|| format!("{} is broken; remove it for a new one", file.display()))
}

/// Writes the document beside the key, whole or not at all: a running installation may be reading it.
fn publish(key: &DevelopmentKey, file: &Path) -> anyhow::Result<()> {
    let document = key.to_key_set_json();
    if fs::read_to_string(file).is_ok_and(|text| text == document) {
        return Ok(());
    }
    let made = written(file.parent().unwrap_or(Path::new(".")), &document)?;
    made.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    made.persist(file)
        .with_context(|| format!("cannot write {}", file.display()))?;
    Ok(())
}

/// A new file in `folder`, its owner's alone, with the text on the disk.
fn written(folder: &Path, text: &str) -> anyhow::Result<NamedTempFile> {
    let write = || {
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    write().map_err(|error: std::io::Error| anyhow::anyhow!("cannot write into {}: {error}", folder.display()))
}

/// As a shell reads it for what it is.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

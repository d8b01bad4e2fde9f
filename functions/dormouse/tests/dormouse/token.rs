//! Tokens to develop with.

use std::{
    collections::BTreeSet,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    thread,
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::UserId;
use dormouse::{
    cli::Token,
    operator::token::{Issued, issue},
};
use tempfile::TempDir;
use testing::{TestApp, instant};
use tokens::{Expected, KeySet, Refusal, Verified};

fn now() -> DateTime<Utc> {
    instant(TestApp::START)
}

fn expected() -> Expected {
    Expected {
        issuer: "https://issuer.example".to_owned(),
        audience: "dormouse".to_owned(),
    }
}

fn command(user: &str, expires: &str) -> Token {
    Token {
        user: user.to_owned(),
        expires: expires.parse().expect("the test writes a duration"),
        issuer: None,
        audience: None,
    }
}

fn issued_in(folder: &Path) -> anyhow::Result<Issued> {
    issue(&command("alice", "P1D"), expected(), folder, now())
}

fn verify(issued: &Issued, now: DateTime<Utc>) -> Result<UserId, Refusal> {
    let keys = fs::read(&issued.jwks_file).expect("the document is there");
    let keys = KeySet::parse(&keys).expect("it is a key set");
    expected().read(&issued.token, now)?.verify(&keys, &Verified::default())
}

#[test]
fn token_is_verified_by_the_document_beside_its_key_until_it_expires() {
    let folder = TempDir::new().unwrap();
    let issued = issued_in(folder.path()).unwrap();
    let alice = UserId::of_subject("https://issuer.example", "alice");
    assert_eq!((issued.user, verify(&issued, now())), (alice, Ok(alice)));
    let after = |time| verify(&issued, now() + TimeDelta::days(1) + time);
    assert_eq!(after(TimeDelta::zero()), Ok(alice));
    assert_eq!(after(TimeDelta::minutes(1)), Err(Refusal::Expired));
}

#[test]
fn what_the_command_line_says_of_the_issuer_and_the_audience_counts() {
    let folder = TempDir::new().unwrap();
    let command = Token {
        issuer: Some("mine".to_owned()),
        audience: Some("us".to_owned()),
        ..command("alice", "P1D")
    };
    let issued = issue(&command, expected(), folder.path(), now()).unwrap();
    assert_eq!((&*issued.expected.issuer, &*issued.expected.audience), ("mine", "us"));
    assert_eq!(verify(&issued, now()), Err(Refusal::Issuer));
}

#[test]
fn key_pair_is_made_once_also_by_many_at_once() {
    let folder = TempDir::new().unwrap();
    let documents: BTreeSet<_> = thread::scope(|scope| {
        let issuing: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| issued_in(folder.path()).unwrap()))
            .collect();
        let issued: Vec<_> = issuing.into_iter().map(|issuing| issuing.join().unwrap()).collect();
        issued
            .iter()
            .inspect(|issued| assert!(verify(issued, now()).is_ok()))
            .map(|issued| fs::read_to_string(&issued.jwks_file).unwrap())
            .collect()
    });
    assert_eq!(documents.len(), 1);
    assert!(verify(&issued_in(folder.path()).unwrap(), now()).is_ok());
    let left = fs::read_dir(folder.path().join("tokens")).unwrap();
    assert_eq!(left.count(), 2, "nothing is left over");
}

#[test]
fn private_key_is_its_owners_alone() {
    let folder = TempDir::new().unwrap();
    issued_in(folder.path()).unwrap();
    let file = folder.path().join("tokens/private-key.json");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    for mode in [0o640, 0o604, 0o620] {
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let error = issued_in(folder.path()).unwrap_err().to_string();
        assert!(error.starts_with("others can read"), "{error}");
    }
}

#[test]
fn broken_key_is_named_and_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    issued_in(folder.path()).unwrap();
    let file = folder.path().join("tokens/private-key.json");
    fs::write(&file, "{").unwrap();
    let error = issued_in(folder.path()).unwrap_err().to_string();
    assert!(error.contains("private-key.json is broken"), "{error}");
    assert_eq!(fs::read_to_string(file).unwrap(), "{");
}

#[test]
fn token_that_would_be_refused_is_not_made() {
    let folder = TempDir::new().unwrap();
    for (user, expires) in [("", "P1D"), ("a\nb", "P1D"), ("alice", "PT0S"), ("alice", "-P1D")] {
        let refused = issue(&command(user, expires), expected(), folder.path(), now());
        assert!(refused.is_err(), "{user} {expires}");
    }
    assert!(issue(&command(&"u".repeat(256), "P1D"), expected(), folder.path(), now()).is_err());
}

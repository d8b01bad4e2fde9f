//! The issuer of the tokens that tests bring: a key pair of this process's own.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use domain::UserId;
use runtime::{
    Clock, Function,
    identity::{Authentication, KeySource, Tokens},
};
use tokens::{DevelopmentKey, Expected, Grant, KeySet};

use crate::{Client, TestApp, app::serve, instant};

/// `iss`.
pub const ISSUER: &str = "https://issuer.test";
/// `aud`.
pub const AUDIENCE: &str = "https://dormouse.test";

static KEY: LazyLock<DevelopmentKey> =
    LazyLock::new(|| DevelopmentKey::generate().expect("the operating system gives random bytes"));

/// The key pair, for tokens that are somehow wrong.
#[must_use]
pub fn key() -> &'static DevelopmentKey {
    &KEY
}

/// What every token says.
#[must_use]
pub fn expected() -> Expected {
    Expected {
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
    }
}

/// The id of the user whom the issuer calls `name`.
#[must_use]
pub fn user(name: &str) -> UserId {
    UserId::of_subject(ISSUER, name)
}

/// A token of the user named so, good whatever time a test makes it.
#[must_use]
pub fn token(name: &str) -> String {
    token_until(name, instant("9999-01-01T00:00:00Z"))
}

/// A token of the user named so that expires.
#[must_use]
pub fn token_until(name: &str, expires_at: DateTime<Utc>) -> String {
    KEY.token(&Grant {
        issuer: ISSUER,
        audience: AUDIENCE,
        subject: name,
        issued_at: DateTime::UNIX_EPOCH,
        expires_at,
    })
}

/// Authentication by such tokens.
///
/// # Panics
/// The issuer's own document is none.
#[must_use]
pub fn authentication(clock: Clock) -> Authentication {
    let keys = KeySet::parse(KEY.to_key_set_json().as_bytes()).expect("it is a key set");
    let tokens = Tokens::new(KeySource::Known(keys), expected(), clock);
    Authentication::By(Arc::new(tokens))
}

/// Somebody with a name and a token.
#[derive(Debug)]
pub struct TestUser<'a> {
    app: &'a TestApp,
    name: &'a str,
}

impl TestApp {
    /// The user whom the issuer calls `name`.
    #[must_use]
    pub fn as_user<'a>(&'a self, name: &'a str) -> TestUser<'a> {
        TestUser { app: self, name }
    }
}

impl TestUser<'_> {
    /// Their id.
    #[must_use]
    pub fn id(&self) -> UserId {
        user(self.name)
    }

    /// Their client over the routes of functions, which verify the token that it brings.
    ///
    /// # Panics
    /// One of them has none.
    #[must_use]
    pub fn serve_all(&self, functions: impl IntoIterator<Item = Function>) -> Client {
        serve(functions, authentication(self.app.app().clock)).bearing(&token(self.name))
    }

    /// Their client over a function's routes, which verify the token that it brings.
    ///
    /// # Panics
    /// It has none.
    #[must_use]
    pub fn serve(&self, function: Function) -> Client {
        self.serve_all([function])
    }
}

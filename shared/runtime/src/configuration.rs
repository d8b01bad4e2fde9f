//! Configuration: environment variables, read once into typed settings. A malformed value stops the start, and every
//! fault is named at once.

mod authentication;
mod functions;

use std::{
    fmt::Display,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr,
};

use storage::{Database, PgConnectOptions, Pooler};

pub use self::functions::{FunctionAddress, function_variable};
use crate::{
    identity::Authentication,
    telemetry::{LogFilter, LogFormat},
};

/// What a function reads of its environment.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `BIND_ADDRESS`: the IP address to listen on; 127.0.0.1. An image sets 0.0.0.0.
    pub bind_address: IpAddr,
    /// `PORT`: the port to listen on; 8080. 0 takes a free one.
    pub port: u16,
    /// `METRICS_PORT`: the port that metrics are read at; 9090. 0 takes a free one.
    pub metrics_port: u16,
    /// `DATABASE_URL`: where PostgreSQL is.
    pub database: Option<PgConnectOptions>,
    /// `DATABASE_DIRECT_URL`: where it is past a pooler, for migrations; `DATABASE_URL` when absent.
    pub database_direct: Option<PgConnectOptions>,
    /// `DATABASE_POOL_SIZE`: the most connections, 1 to 1000; 2, or 16 for `dormouse`.
    pub database_pool_size: u32,
    /// `DATABASE_POOLER`: `none`, or `transaction` for a pooler in transaction mode; `none`.
    pub database_pooler: Pooler,
    /// `LOG_FORMAT`: `json` or `text`; `json`, or `text` for `dormouse`.
    pub log_format: LogFormat,
    /// `RUST_LOG`: which log lines are written, as `info,storage=debug`; `info`.
    pub log_filter: LogFilter,
    /// `AUTH_JWKS_URL` or `AUTH_JWKS_FILE`, `AUTH_ISSUER`, `AUTH_AUDIENCE`: whose tokens say who is calling; without
    /// them everybody is the local user.
    pub authentication: Authentication,
}

/// What differs between a function in a container and `dormouse`.
#[derive(Debug, Clone, Copy)]
pub struct Defaults {
    /// The most connections to the database.
    pub database_pool_size: u32,
    /// The form of log lines.
    pub log_format: LogFormat,
}

impl Defaults {
    /// One function in a container of its own.
    pub const FUNCTION: Self = Self {
        database_pool_size: 2,
        log_format: LogFormat::Json,
    };
    /// All functions in one process, at a person's terminal.
    pub const DORMOUSE: Self = Self {
        database_pool_size: 16,
        log_format: LogFormat::Text,
    };
}

/// Everything that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the configuration has faults: {}", .0.join("; "))]
pub struct ConfigurationError(pub Vec<String>);

/// An environment on its way in: variables that are read, and all that is wrong with them.
#[derive(Debug)]
pub struct Environment<L> {
    lookup: L,
    faults: Vec<String>,
}

impl Settings {
    /// Reads the settings from the variables that `lookup` finds.
    ///
    /// # Errors
    /// Every malformed value, named with its variable and what would be right.
    pub fn read(defaults: Defaults, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigurationError> {
        let mut environment = Environment::new(lookup);
        let settings = Self {
            bind_address: environment
                .read("BIND_ADDRESS", address)
                .unwrap_or(Ipv4Addr::LOCALHOST.into()),
            port: environment.read("PORT", port).unwrap_or(8080),
            metrics_port: environment.read("METRICS_PORT", port).unwrap_or(9090),
            database: environment.read("DATABASE_URL", database_url),
            database_direct: environment.read("DATABASE_DIRECT_URL", database_url),
            database_pool_size: environment
                .read("DATABASE_POOL_SIZE", pool_size)
                .unwrap_or(defaults.database_pool_size),
            database_pooler: environment.read("DATABASE_POOLER", parse).unwrap_or_default(),
            log_format: environment.read("LOG_FORMAT", parse).unwrap_or(defaults.log_format),
            log_filter: environment.read("RUST_LOG", parse).unwrap_or_default(),
            authentication: environment.authentication(),
        };
        environment.finish(settings)
    }

    /// Where to listen.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        (self.bind_address, self.port).into()
    }

    /// Where metrics are read.
    #[must_use]
    pub fn metrics_listen(&self) -> SocketAddr {
        (self.bind_address, self.metrics_port).into()
    }

    /// The pool, opened lazily.
    ///
    /// # Errors
    /// No database is named.
    pub fn open_database(&self) -> Result<Database, ConfigurationError> {
        let options = self.database.clone().ok_or_else(no_database)?;
        Ok(Database::lazy(options, self.database_pool_size, self.database_pooler))
    }

    /// Where migrations go.
    ///
    /// # Errors
    /// No database is named.
    pub fn direct_database(&self) -> Result<PgConnectOptions, ConfigurationError> {
        self.database_direct
            .clone()
            .or_else(|| self.database.clone())
            .ok_or_else(no_database)
    }
}

fn no_database() -> ConfigurationError {
    ConfigurationError(vec![
        "DATABASE_URL is missing: it says where PostgreSQL is, as postgres://user@host/database".to_owned(),
    ])
}

impl<L: Fn(&str) -> Option<String>> Environment<L> {
    /// The environment whose variables `lookup` finds.
    pub fn new(lookup: L) -> Self {
        let faults = Vec::new();
        Self { lookup, faults }
    }

    /// What `parse` makes of the variable; nothing where it is not set, or where `parse` says what is wrong with it, in
    /// words that follow the variable's name.
    pub fn read<T>(&mut self, name: &str, parse: fn(&str) -> Result<T, String>) -> Option<T> {
        // A variable that is set to nothing is one that is not set, as deployment templates leave it.
        let value = (self.lookup)(name).filter(|value| !value.is_empty())?;
        parse(&value).map_err(|why| self.refuse(format!("{name} {why}"))).ok()
    }

    /// Whether the variable is set to something.
    pub fn is_set(&self, name: &str) -> bool {
        (self.lookup)(name).is_some_and(|value| !value.is_empty())
    }

    /// Notes what is wrong.
    pub fn refuse(&mut self, fault: String) {
        self.faults.push(fault);
    }

    /// `settings`, if nothing is wrong.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn finish<T>(self, settings: T) -> Result<T, ConfigurationError> {
        if self.faults.is_empty() {
            Ok(settings)
        } else {
            Err(ConfigurationError(self.faults))
        }
    }
}

fn parse<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| format!("is {text:?}: {error}"))
}

fn address(text: &str) -> Result<IpAddr, String> {
    text.parse()
        .map_err(|_| format!("is {text:?}: must be an IP address such as 127.0.0.1 or ::1"))
}

fn port(text: &str) -> Result<u16, String> {
    text.parse()
        .map_err(|_| format!("is {text:?}: must be a whole number from 0 to 65535"))
}

fn pool_size(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(size @ 1..=1000) => Ok(size),
        _ => Err(format!("is {text:?}: must be a whole number from 1 to 1000")),
    }
}

/// The value is left out of the message: it holds a password.
fn database_url(text: &str) -> Result<PgConnectOptions, String> {
    let is_postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
    let options = if is_postgres { text.parse().ok() } else { None };
    options.ok_or_else(|| "is no URL such as postgres://user:password@host:5432/database".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, ConfigurationError> {
        Settings::read(Defaults::FUNCTION, |name| {
            variables
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn defaults_stand_where_nothing_is_said() {
        let settings = read(&[("PORT", "")]).unwrap();
        assert_eq!(settings.listen().to_string(), "127.0.0.1:8080");
        assert_eq!(settings.database_pool_size, 2);
        assert!(settings.open_database().is_err());
    }

    #[test]
    fn all_faults_are_named_at_once_and_no_password_is_shown() {
        let variables = [
            ("PORT", "99999"),
            ("BIND_ADDRESS", "localhost"),
            ("LOG_FORMAT", "xml"),
            ("DATABASE_URL", "mysql://ann:secret@host/x"),
            ("AUTH_ISSUER", "x\n"),
            ("AUTH_JWKS_URL", "http://issuer.example"),
            ("RUST_LOG", "storage=loud"),
        ];
        let text = read(&variables).unwrap_err().to_string();
        for (name, _) in variables {
            assert!(text.contains(name), "{text}");
        }
        assert!(!text.contains("secret"), "{text}");
        assert!(
            text.contains(r#"PORT is "99999": must be a whole number from 0 to 65535"#),
            "{text}"
        );
        assert!(
            text.contains(r#"BIND_ADDRESS is "localhost": must be an IP address such as 127.0.0.1 or ::1"#),
            "{text}"
        );
    }
}

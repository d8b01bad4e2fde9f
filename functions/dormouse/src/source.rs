//! Where the data is: a PostgreSQL that was named, or a private one in the data folder.

use std::path::Path;

use anyhow::Context;
use private_postgres::{Connection, DATABASE, Error, Options, PrivatePostgres, attach};
use runtime::{CancellationToken, configuration::Settings};
use storage::{Database, PgConnectOptions};

/// Where the data is.
pub(crate) struct Source {
    /// How to reach it.
    pub(crate) options: PgConnectOptions,
    /// How to reach it past a pooler.
    pub(crate) direct: PgConnectOptions,
    /// The private server, where this process has started one.
    pub(crate) server: Option<PrivatePostgres>,
}

impl Source {
    /// The named PostgreSQL, or a private one that this process starts; none when `stop` came first.
    pub(crate) async fn start(
        settings: &Settings,
        folder: &Path,
        stop: CancellationToken,
    ) -> anyhow::Result<Option<Self>> {
        if let Some(options) = &settings.database {
            return Ok(Some(Self {
                options: options.clone(),
                direct: settings.direct_database()?,
                server: None,
            }));
        }
        let options = Options::new(folder.join("postgres")).cancelled_by(stop);
        match PrivatePostgres::start(options).await {
            Ok(server) => Self::of(server.connection().clone(), Some(server)).map(Some),
            Err(Error::Cancelled) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// As [`Source::start`], but beside a `dormouse` that has started one already.
    pub(crate) async fn reach(
        settings: &Settings,
        folder: &Path,
        stop: CancellationToken,
    ) -> anyhow::Result<Option<Self>> {
        if settings.database.is_none() {
            anyhow::ensure!(
                Self::is_at_hand(settings, folder),
                "{} holds no data: name the folder with --data-dir",
                folder.display()
            );
            if let Some(running) = attach(&folder.join("postgres"))? {
                return Self::of(running, None).map(Some);
            }
        }
        Self::start(settings, folder, stop).await
    }

    /// Whether a PostgreSQL is named, or the folder holds data.
    pub(crate) fn is_at_hand(settings: &Settings, folder: &Path) -> bool {
        settings.database.is_some() || folder.join("postgres").exists()
    }

    fn of(connection: Connection, server: Option<PrivatePostgres>) -> anyhow::Result<Self> {
        let options: PgConnectOptions = connection
            .url(DATABASE)
            .parse()
            .context("the private server's address cannot be read")?;
        Ok(Self {
            direct: options.clone(),
            options,
            server,
        })
    }

    /// The pool.
    pub(crate) fn database(&self, settings: &Settings) -> Database {
        Database::lazy(
            self.options.clone(),
            settings.database_pool_size,
            settings.database_pooler,
        )
    }

    /// Stops what was started.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        match self.server {
            Some(server) => Ok(server.stop().await?),
            None => Ok(()),
        }
    }
}

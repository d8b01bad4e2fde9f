//! The PostgreSQL that a section is measured on: private, durable, with the settings that people get, in a folder
//! that goes with it.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
};

use anyhow::Context;
use private_postgres::{DATABASE, Options, PrivatePostgres};
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use storage::migrations;
use tempfile::TempDir;

/// A running server.
#[derive(Debug)]
pub(crate) struct Cluster {
    // In this order: the folder goes when the server has ended.
    postgres: PrivatePostgres,
    _folder: TempDir,
}

/// A migrated database of its own.
#[derive(Debug, Clone)]
pub(crate) struct BenchDatabase {
    pub(crate) name: &'static str,
    /// A superuser's URL. It holds a password, which opens nothing but this run's server.
    pub(crate) url: String,
    pub(crate) options: PgConnectOptions,
}

impl Cluster {
    /// Starts one with `settings` beside the production ones.
    pub(crate) async fn start(settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        // Root's server runs as somebody else, who has to enter the folder.
        let folder = tempfile::Builder::new()
            .prefix("dormouse-bench-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in("/tmp")
            .context("cannot make a folder in /tmp")?;
        let options = settings
            .iter()
            .fold(Options::new(folder.path()), |options, (name, value)| {
                options.setting(name, value)
            });
        let postgres = PrivatePostgres::start(options.die_with_parent(true)).await?;
        Ok(Self {
            postgres,
            _folder: folder,
        })
    }

    pub(crate) fn version(&self) -> &str {
        self.postgres.version()
    }

    /// The server's first process.
    pub(crate) fn pid(&self) -> u32 {
        self.postgres.pid()
    }

    /// A program that comes with the server, such as pgbench.
    pub(crate) fn program(&self, name: &str) -> anyhow::Result<PathBuf> {
        let server = fs::read_link(format!("/proc/{}/exe", self.pid())).context("cannot see which server runs")?;
        let program = server.with_file_name(name);
        anyhow::ensure!(
            program.exists(),
            "{} is missing: install the package that has it (Debian: postgresql-contrib)",
            program.display()
        );
        Ok(program)
    }

    /// A connection that belongs to no measured database.
    pub(crate) async fn connect(&self) -> anyhow::Result<PgConnection> {
        Ok(PgConnection::connect(&self.postgres.url(DATABASE)).await?)
    }

    /// Makes the database `name`, with this release's schema.
    pub(crate) async fn database(&self, name: &'static str) -> anyhow::Result<BenchDatabase> {
        let mut connection = self.connect().await?;
        run(&mut connection, format!("CREATE DATABASE {name}")).await?;
        connection.close().await?;
        let url = self.postgres.url(name);
        let options: PgConnectOptions = url.parse()?;
        migrations::migrate(&options).await?;
        Ok(BenchDatabase { name, url, options })
    }

    /// Removes the database `name`, whoever is connected to it.
    pub(crate) async fn forget(&self, database: BenchDatabase) -> anyhow::Result<()> {
        let mut connection = self.connect().await?;
        run(&mut connection, format!("DROP DATABASE {} WITH (FORCE)", database.name)).await?;
        Ok(connection.close().await?)
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        Ok(self.postgres.stop().await?)
    }
}

impl BenchDatabase {
    pub(crate) async fn connect(&self) -> anyhow::Result<PgConnection> {
        Ok(PgConnection::connect_with(&self.options).await?)
    }
}

/// Runs statements that take no parameters; the names in them are our own.
pub(crate) async fn run(connection: &mut PgConnection, sql: String) -> anyhow::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
    Ok(())
}

//! The handle that the caller holds while the server runs.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use tokio::task::spawn_blocking;

use crate::binaries::Binaries;
use crate::cluster;
use crate::connection::Connection;
use crate::error::Error;
use crate::home::Home;
use crate::lock::Lock;
use crate::options::Options;
use crate::postmaster::{PidFile, end_orphan, is_postmaster};
use crate::server::Server;
use crate::socket;

/// How soon [`PrivatePostgres::ended`] notices.
const NOTICE: Duration = Duration::from_millis(250);

/// A running private server. Dropping it ends the server too, but blocks while it does; [`PrivatePostgres::stop`]
/// does not.
#[derive(Debug)]
pub struct PrivatePostgres {
    // In this order: the lock goes when the server has ended.
    server: Server,
    home: Home,
    connection: Connection,
    version: String,
    _lock: Lock,
}

impl PrivatePostgres {
    /// Starts the server of the folder in `options`, making the cluster and its database
    /// [`DATABASE`](crate::DATABASE) first when there is none, and returns when it takes connections.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when [`Options::cancelled_by`] came first. Any other variant of [`Error`] may come, too; each
    /// message tells the person at the terminal what to do.
    pub async fn start(options: Options) -> Result<Self, Error> {
        // When the caller drops this future the start goes on, and its result ends the server by being dropped.
        spawn_blocking(move || Self::start_blocking(&options))
            .await
            .map_err(|_| Error::Interrupted)?
    }

    fn start_blocking(options: &Options) -> Result<Self, Error> {
        let home = Home::prepare(&options.folder)?;
        let lock = Lock::take(&home)?;
        let binaries = Binaries::for_data(&home.data(), home.user())?;
        end_orphan(&home)?;
        options.demand_wanted()?;
        let password = cluster::ensure(&home, &binaries, options)?;
        let socket_directory = socket::prepare(&home)?;
        let server = Server::start(&home, &binaries, options, &socket_directory)?;
        let connection = Connection {
            socket_directory,
            password,
            pid: server.pid(),
        };
        Ok(Self {
            server,
            home,
            connection,
            version: binaries.version().to_string(),
            _lock: lock,
        })
    }

    /// A URL for `database`, as `sqlx` and `psql` read it. It holds the password: do not log it.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.connection.url(database)
    }

    /// How a client reaches the server.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The cluster's files.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.home.data()
    }

    /// The server's log.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.home.log()
    }

    /// The folder that was asked for, when everything lies elsewhere because root's server may not enter it; a link
    /// there, `elsewhere`, leads to the real one. Worth telling the person at the terminal.
    #[must_use]
    pub fn moved_from(&self) -> Option<&Path> {
        self.home.moved_from()
    }

    /// The server's version, e.g. "15.18".
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The server's process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// Waits until the server ends by itself, which it never should: the caller cannot go on without it.
    pub async fn ended(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.server.ended() {
                return status;
            }
            tokio::time::sleep(NOTICE).await;
        }
    }

    /// Ends the server: fast, after 3 s at once, after 4 s by force. Nothing that was committed is lost.
    ///
    /// # Errors
    /// [`Error::Unstoppable`] when even SIGKILL does not end it; there is nothing left to try.
    pub async fn stop(self) -> Result<(), Error> {
        spawn_blocking(move || {
            let Self {
                mut server,
                home,
                _lock,
                ..
            } = self;
            server.stop()?;
            socket::remove(&home)
        })
        .await
        .map_err(|_| Error::Interrupted)?
    }
}

/// The connection to the server that another process runs on `folder`, or none when it is not running (or not yet
/// ready).
///
/// # Errors
/// [`Error::Io`] or [`Error::ForeignOwner`] when the folder is not ours to read.
pub fn attach(folder: &Path) -> Result<Option<Connection>, Error> {
    let Some(home) = Home::find(folder)? else {
        return Ok(None);
    };
    let data = home.data();
    let Some(file) = PidFile::read(&data)?.filter(|file| file.is_ready && is_postmaster(file.pid, &data)) else {
        return Ok(None);
    };
    let (Some(password), Ok(pid)) = (cluster::read_password(&home)?, u32::try_from(file.pid)) else {
        return Ok(None);
    };
    Ok(Some(Connection {
        socket_directory: file.socket_directory,
        password,
        pid,
    }))
}

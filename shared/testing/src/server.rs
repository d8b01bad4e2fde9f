//! The PostgreSQL server that the databases of a run are made on.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use anyhow::Context;
use private_postgres::{DATABASE, Options, PrivatePostgres, Watchdog};
use tokio::sync::OnceCell;

/// Names the server that a whole run shares: a superuser's URL. Without it each test process starts its own.
pub const VARIABLE: &str = "TEST_DATABASE_URL";

/// Fits the tests of one process.
const CONNECTIONS: u16 = 300;

/// A server without durability, in a folder that goes when this process has ended, however it ends.
#[derive(Debug)]
pub struct TestServer {
    postgres: PrivatePostgres,
    _sweeper: Watchdog,
}

impl TestServer {
    /// Starts one that takes `connections`.
    ///
    /// # Errors
    /// There is no server to start on this machine, or it does not start; the message says what to do.
    pub async fn start(connections: u16) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("dormouse-test-")
            .tempdir_in("/tmp")
            .context("cannot make a folder in /tmp")?
            .keep();
        // Root's server runs as somebody else, who has to enter it.
        fs::set_permissions(&folder, Permissions::from_mode(0o755))?;
        let access = admit_everybody(&folder)?;
        let options = Options::new(&folder)
            .setting("hba_file", &access.to_string_lossy())
            .setting("fsync", "off")
            .setting("synchronous_commit", "off")
            .setting("full_page_writes", "off")
            // No database lives long enough to need it.
            .setting("autovacuum", "off")
            .max_connections(connections)
            .die_with_parent(true);
        let started = PrivatePostgres::start(options).await;
        let sweeper = sweep(&folder, started.as_ref().ok().map(PrivatePostgres::pid))?;
        Ok(Self {
            postgres: started?,
            _sweeper: sweeper,
        })
    }

    /// A superuser's URL. It holds the password: do not log it.
    #[must_use]
    pub fn url(&self) -> String {
        self.postgres.url(DATABASE)
    }

    /// Ends the server.
    ///
    /// # Errors
    /// It cannot be ended.
    pub async fn stop(self) -> anyhow::Result<()> {
        Ok(self.postgres.stop().await?)
    }
}

/// Writes whom the server lets in: everybody, for the socket's directory already keeps others out. A password's 4096
/// hashes would take unoptimised code 30 ms for each of the connections, of which a test makes about five.
fn admit_everybody(folder: &Path) -> anyhow::Result<PathBuf> {
    let access = folder.join("pg_hba.conf");
    fs::write(&access, "local all all trust\n").context("cannot write into a folder in /tmp")?;
    fs::set_permissions(&access, Permissions::from_mode(0o644))?;
    Ok(access)
}

/// Waits for the server's end and removes the folder.
const SWEEP: &str = r#"n=0
    while [ -n "$1" ] && kill -0 "$1" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
    rm -rf "$0""#;

/// Sweeps once this process is gone: a test process runs no destructors of statics.
fn sweep(folder: &Path, server: Option<u32>) -> anyhow::Result<Watchdog> {
    let folder = folder.to_string_lossy();
    let server = server.map(|pid| pid.to_string());
    Ok(Watchdog::start(SWEEP, [&*folder].into_iter().chain(server.as_deref()))?)
}

/// A superuser's URL of the server for this process.
pub(crate) async fn url() -> &'static str {
    static URL: OnceCell<String> = OnceCell::const_new();
    URL.get_or_init(async || match std::env::var(VARIABLE) {
        Ok(url) => url,
        Err(_) => start_own().await,
    })
    .await
}

/// Starts a server that stays for as long as this process, beyond the test whose turn it is and that test's runtime.
async fn start_own() -> String {
    static SERVER: OnceLock<TestServer> = OnceLock::new();
    let start = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(TestServer::start(CONNECTIONS))
    };
    let started = tokio::task::spawn_blocking(start).await;
    let started = started.expect("starting a server does not panic");
    let server = started.unwrap_or_else(|error| fail(&error));
    SERVER.get_or_init(|| server).url()
}

#[expect(
    clippy::panic,
    reason = "without a server no test can go on; this tells the person what to install"
)]
fn fail(error: &anyhow::Error) -> ! {
    panic!("{error:#}")
}

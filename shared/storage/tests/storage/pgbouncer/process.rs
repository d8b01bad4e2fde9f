//! A `PgBouncer` of the test's own, in transaction mode.

use std::{
    fs::{self, Permissions},
    io::{BufRead, BufReader},
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Stdio},
    thread,
};

use nix::unistd::{User, geteuid};
use percent_encoding::percent_decode_str;
use sqlx::{
    ConnectOptions, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
};
use storage::{Database, Pooler};
use tempfile::TempDir;
use testing::TestDatabase;

/// Names the socket in the folder of its own; no port is bound.
const PORT: u16 = 6432;

/// What it has to share out among its clients.
pub(super) const SERVER_CONNECTIONS: usize = 2;

/// Ends with the test, also with one that fails.
pub(super) struct PgBouncer {
    process: Child,
    folder: TempDir,
    database: String,
}

impl PgBouncer {
    /// Starts one in front of `test`, and waits until it takes connections.
    pub(super) fn start(test: &TestDatabase) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("pgbouncer-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in("/tmp")
            .unwrap();
        let database = test.options().get_database().unwrap().to_owned();
        let configuration = folder.path().join("pgbouncer.ini");
        fs::write(&configuration, text(test, &database, folder.path())).unwrap();
        let mut command = Command::new(binary());
        command
            .arg(&configuration)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if geteuid().is_root() {
            run_as_somebody_else(&mut command, folder.path());
        }
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        await_readiness(process.stderr.take().unwrap());
        Self {
            process,
            folder,
            database,
        }
    }

    fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(self.folder.path())
            .port(PORT)
            .username("anybody")
            .database(&self.database)
            .ssl_mode(PgSslMode::Disable)
    }

    /// A process' pool of connections to it.
    pub(super) fn open(&self, size: u32) -> Database {
        Database::lazy(self.options(), size, Pooler::Transaction)
    }

    /// As one who thinks that it is the server itself; only what the pooler would refuse at once is left out.
    pub(super) fn connect_unaware(&self) -> Database {
        Database::lazy(self.options().extra_float_digits(None), 1, Pooler::None)
    }

    pub(super) async fn connect(&self) -> PgConnection {
        let options = self.options().statement_cache_capacity(0).extra_float_digits(None);
        options.connect().await.unwrap()
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        // It has ended already when either fails.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn text(test: &TestDatabase, database: &str, folder: &Path) -> String {
    let server = test.options();
    let host = server
        .get_socket()
        .map_or(server.get_host().to_owned(), |socket| socket.display().to_string());
    format!(
        "[databases]\n\
         {database} = host={host} port={} user={} password={}\n\
         [pgbouncer]\n\
         pool_mode = transaction\n\
         default_pool_size = {SERVER_CONNECTIONS}\n\
         max_client_conn = 100\n\
         auth_type = any\n\
         unix_socket_dir = {}\n\
         unix_socket_mode = 0777\n\
         listen_port = {PORT}\n\
         log_connections = 0\n\
         log_disconnections = 0\n",
        server.get_port(),
        server.get_username(),
        password(test.url()),
        folder.display(),
    )
}

/// The password of `scheme://user:password@…`.
fn password(url: &str) -> String {
    let authority = url.split_once("://").and_then(|(_, rest)| rest.split_once('@'));
    let password = authority
        .and_then(|(user, _)| user.split_once(':'))
        .map_or("", |(_, password)| password);
    percent_decode_str(password).decode_utf8().unwrap().into_owned()
}

/// Debian puts it where only root looks.
fn binary() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|folder| folder.join("pgbouncer"))
        .find(|binary| binary.is_file())
        .expect("these tests need PgBouncer: apt-get install pgbouncer")
}

/// It refuses to run as root.
fn run_as_somebody_else(command: &mut Command, folder: &Path) {
    let user = ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| User::from_name(name).unwrap())
        .expect("there is a user called postgres or nobody");
    chown(folder, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
    command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
}

/// Reads its log until it is up, and goes on reading, since it would block on a full pipe.
fn await_readiness(log: ChildStderr) {
    let mut lines = BufReader::new(log).lines().map_while(Result::ok);
    let mut before = Vec::new();
    let is_up = lines.by_ref().any(|line| {
        before.push(line);
        before.last().is_some_and(|line| line.contains("process up"))
    });
    assert!(is_up, "PgBouncer did not start:\n{}", before.join("\n"));
    thread::spawn(move || lines.for_each(drop));
}

//! Folders, connections and processes for the tests.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use private_postgres::{DATABASE, Options, PrivatePostgres};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

/// Enough for anything here on a busy machine; reached only when a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A folder that also root's server user may enter.
pub(crate) fn folder() -> TempDir {
    folder_with(0o755)
}

pub(crate) fn folder_with(mode: u32) -> TempDir {
    tempfile::Builder::new()
        .permissions(Permissions::from_mode(mode))
        .tempdir()
        .unwrap()
}

/// Without durability, which these tests do not measure and the machine would pay for.
pub(crate) fn options(folder: &Path) -> Options {
    Options::new(folder).setting("fsync", "off").die_with_parent(true)
}

pub(crate) async fn start(folder: &Path) -> PrivatePostgres {
    PrivatePostgres::start(options(folder)).await.unwrap()
}

pub(crate) async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

pub(crate) async fn write_note(server: &PrivatePostgres) {
    write_note_at(&server.url(DATABASE)).await;
}

pub(crate) async fn write_note_at(url: &str) {
    let mut connection = connect(url).await;
    sqlx::raw_sql("CREATE TABLE note AS SELECT 'kept' AS text")
        .execute(&mut connection)
        .await
        .unwrap();
}

pub(crate) async fn read_note(server: &PrivatePostgres) -> String {
    let mut connection = connect(&server.url(DATABASE)).await;
    sqlx::query_scalar("SELECT text FROM note")
        .fetch_one(&mut connection)
        .await
        .unwrap()
}

pub(crate) async fn setting(url: &str, name: &str) -> String {
    let mut connection = connect(url).await;
    sqlx::query_scalar("SELECT current_setting($1)")
        .bind(name)
        .fetch_one(&mut connection)
        .await
        .unwrap()
}

pub(crate) fn send(pid: u32, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(pid).unwrap()), signal).unwrap();
}

/// Gone, or dead and only waiting for a parent to ask.
pub(crate) fn is_gone(pid: u32) -> bool {
    let output = Command::new("ps")
        .args(["-o", "stat=", "-p", &pid.to_string()])
        .output()
        .unwrap();
    let state = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    state.is_empty() || state.starts_with('Z')
}

pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A process that stands still until this is dropped, be it by a failing test.
pub(crate) struct Stopped(u32);

impl Stopped {
    pub(crate) fn new(pid: u32) -> Self {
        send(pid, Signal::SIGSTOP);
        Self(pid)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        send(self.0, Signal::SIGCONT);
    }
}

//! Servers that stop, die, are orphaned or only half made.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use nix::sys::signal::Signal;
use nix::unistd::geteuid;
use private_postgres::{DATABASE, Error, PrivatePostgres, attach};
use tokio_util::sync::CancellationToken;

use crate::owner::Owner;
use crate::support::{
    Stopped, connect, folder, is_gone, options, read_note, send, setting, start, wait_until, write_note,
};

#[tokio::test]
async fn data_survives_stop_and_start() {
    let folder = folder();
    let server = start(folder.path()).await;
    write_note(&server).await;
    let pid = server.pid();
    server.stop().await.unwrap();
    assert!(is_gone(pid));

    let server = start(folder.path()).await;
    assert_eq!(read_note(&server).await, "kept");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn data_survives_the_kill_of_the_server() {
    let folder = folder();
    let mut server = start(folder.path()).await;
    write_note(&server).await;
    send(server.pid(), Signal::SIGKILL);
    assert!(!server.ended().await.success());
    server.stop().await.unwrap();

    let server = start(folder.path()).await;
    assert_eq!(read_note(&server).await, "kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_waits_for_what_a_killed_server_left_running() {
    let folder = folder();
    let mut server = start(folder.path()).await;
    write_note(&server).await;
    let mut connection = connect(&server.url(DATABASE)).await;
    let query = sqlx::query_scalar("SELECT pg_backend_pid()");
    let backend: i32 = query.fetch_one(&mut connection).await.unwrap();
    let survivor = Stopped::new(u32::try_from(backend).unwrap());
    send(server.pid(), Signal::SIGKILL);
    server.ended().await;
    let log = server.log();
    server.stop().await.unwrap();

    let path = folder.path().to_owned();
    let next = tokio::spawn(async move { start(&path).await });
    wait_until("the next server meets the survivor", || {
        fs::read_to_string(&log).unwrap().contains("is still in use")
    });
    drop(survivor);
    assert_eq!(read_note(&next.await.unwrap()).await, "kept");
}

#[tokio::test]
async fn an_orphan_is_ended_and_its_data_kept() {
    let folder = folder();
    let owner = Owner::start(folder.path(), false).await;
    let orphan = owner.kill();
    assert!(!is_gone(orphan));

    let server = start(folder.path()).await;
    assert!(is_gone(orphan));
    assert_ne!(server.pid(), orphan);
    assert_eq!(read_note(&server).await, "kept");
}

#[tokio::test]
async fn the_server_dies_with_its_parent_when_told_to() {
    let folder = folder();
    let server = Owner::start(folder.path(), true).await.kill();
    wait_until("the server is gone", || is_gone(server));
    assert!(attach(folder.path()).unwrap().is_none());
}

#[tokio::test]
async fn dropping_the_handle_ends_the_server() {
    let folder = folder();
    let server = start(folder.path()).await;
    let pid = server.pid();
    drop(server);
    assert!(is_gone(pid));
}

#[tokio::test]
async fn a_recycled_pid_in_the_pid_file_does_not_prevent_the_start() {
    let folder = folder();
    let server = start(folder.path()).await;
    let server_data = server.data_dir();
    let pid_file = server_data.join("postmaster.pid");
    let written = fs::read_to_string(&pid_file).unwrap();
    send(server.pid(), Signal::SIGKILL);
    server.stop().await.unwrap();
    let (_, rest) = written.split_once('\n').unwrap();
    let mut innocent = sleeper_of_the_owner_of(&server_data);
    fs::write(&pid_file, format!("{}\n{rest}", innocent.id())).unwrap();

    let again = PrivatePostgres::start(options(folder.path())).await;

    let spared = innocent.try_wait().unwrap().is_none();
    innocent.kill().unwrap();
    innocent.wait().unwrap();
    again.unwrap();
    assert!(spared);
}

/// The server refuses to start only for a living process of its own user.
fn sleeper_of_the_owner_of(data: &Path) -> Child {
    let mut command = Command::new("sleep");
    command.arg("1000");
    if geteuid().is_root() {
        command.uid(fs::metadata(data).unwrap().uid());
    }
    command.spawn().unwrap()
}

#[tokio::test]
async fn an_interrupted_making_is_repaired() {
    let folder = folder();
    let mut owner = Owner::spawn(folder.path(), false);
    wait_until("initdb is at work", || !unfinished(folder.path()).is_empty());
    owner.kill().unwrap();
    owner.wait().unwrap();
    assert!(!folder.path().join("data").exists());

    let server = start(folder.path()).await;
    write_note(&server).await;
    server.stop().await.unwrap();
    start(folder.path()).await.stop().await.unwrap();
    assert_eq!(unfinished(folder.path()), Vec::<PathBuf>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_making_ends_what_it_runs_and_is_repaired() {
    let folder = folder();
    let cancelled = CancellationToken::new();
    let starting = tokio::spawn(PrivatePostgres::start(
        options(folder.path()).cancelled_by(cancelled.clone()),
    ));
    wait_until("initdb is at work", || is_mentioned_by_a_process(folder.path()));
    cancelled.cancel();
    let error = starting.await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Cancelled), "{error}");
    assert!(!folder.path().join("data").exists());
    wait_until("initdb is gone", || !is_mentioned_by_a_process(folder.path()));

    start(folder.path()).await.stop().await.unwrap();
    assert_eq!(unfinished(folder.path()), Vec::<PathBuf>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_start_ends_a_server_that_hangs_and_the_next_one_goes_on() {
    let folder = folder();
    let server = start(folder.path()).await;
    write_note(&server).await;
    let data = server.data_dir();
    server.stop().await.unwrap();
    // A standby waits for ever for a server to follow, as a long recovery seems to.
    fs::write(data.join("standby.signal"), "").unwrap();
    let cancelled = CancellationToken::new();
    let standby = options(folder.path()).setting("hot_standby", "off");
    let starting = tokio::spawn(PrivatePostgres::start(standby.cancelled_by(cancelled.clone())));
    wait_until("the server starts", || data.join("postmaster.pid").exists());
    cancelled.cancel();
    let error = starting.await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Cancelled), "{error}");
    wait_until("the server is gone", || !is_mentioned_by_a_process(folder.path()));

    fs::remove_file(data.join("standby.signal")).unwrap();
    assert_eq!(read_note(&start(folder.path()).await).await, "kept");
}

fn is_mentioned_by_a_process(folder: &Path) -> bool {
    let output = Command::new("ps").args(["-ww", "-eo", "command="]).output().unwrap();
    String::from_utf8_lossy(&output.stdout).contains(&*folder.to_string_lossy())
}

fn unfinished(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("unfinished-"))
        .collect()
}

#[tokio::test]
async fn a_second_process_attaches_to_the_running_server() {
    let folder = folder();
    assert!(attach(folder.path()).unwrap().is_none());
    assert!(attach(&folder.path().join("absent")).unwrap().is_none());
    let owner = Owner::start(folder.path(), true).await;
    let connection = attach(folder.path()).unwrap().unwrap();
    assert_eq!(connection.pid(), owner.server);
    assert_eq!(setting(&connection.url(DATABASE), "data_checksums").await, "on");
    owner.kill();
}

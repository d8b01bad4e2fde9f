//! `dormouse` as a person starts it: on a private PostgreSQL.

use std::time::{Duration, Instant};

use journeys::{Users, is_reminded_once_and_what_repeats_goes_on};
use nix::sys::signal::Signal;
use serde_json::json;
use testing::eventually;

use crate::{
    running::{Folder, Running, command, send},
    serving::{Dormouse, operate},
};

#[tokio::test]
async fn person_is_reminded_once_and_what_repeats_goes_on() {
    let folder = Folder::new();
    let mut dormouse = Dormouse::in_folder(folder.path()).await;
    is_reminded_once_and_what_repeats_goes_on(&Users::all_are(&dormouse.api)).await;
    dormouse.api.check_events().await;

    assert!(operate(folder.path(), &["verify"]).starts_with("1 logs verified"));
    assert!(operate(folder.path(), &["dead-letters", "list"]).starts_with("There are no such dead letters"));
    stops_everything_it_started(&folder, &mut dormouse).await;
    // Without a server running, a command starts one for itself.
    assert!(operate(folder.path(), &["verify"]).starts_with("1 logs verified"));
    assert_eq!(folder.postmaster(), None);
}

async fn stops_everything_it_started(folder: &Folder, dormouse: &mut Dormouse) {
    let postmaster = folder.postmaster().expect("a private server runs");
    let began = Instant::now();
    dormouse.process.signal(Signal::SIGINT);
    let status = dormouse.process.ended().await;
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(status.success(), "{}", dormouse.process.errors.text());
    assert!(!folder.is_served_by(postmaster), "its server stays behind");
}

#[tokio::test]
async fn stops_also_while_the_private_server_starts_and_the_next_start_goes_on() {
    let folder = Folder::new();
    let mut dormouse = Dormouse::in_folder(folder.path()).await;
    let created = dormouse.api.post("/v1/tasks", &json!({"title": "x"})).await;
    stops_everything_it_started(&folder, &mut dormouse).await;
    // A standby waits for ever for a server to follow, as a long recovery seems to.
    let data = folder.path().join("postgres/data");
    let (standby, settings) = (data.join("standby.signal"), data.join("postgresql.auto.conf"));
    std::fs::write(&standby, "").unwrap();
    std::fs::write(&settings, "hot_standby = off\n").unwrap();

    let mut starting = Running::start(command("dormouse").arg("--data-dir").arg(folder.path()));
    eventually("the private server starts", async || folder.postmaster().is_some()).await;
    let postmaster = folder.postmaster().expect("the private server starts");
    send(postmaster, Signal::SIGSTOP);
    starting.signal(Signal::SIGINT);
    assert!(starting.ended().await.success(), "{}", starting.errors.text());
    assert!(!folder.is_served_by(postmaster), "its server stays behind");

    std::fs::remove_file(standby).unwrap();
    std::fs::write(settings, "").unwrap();
    let dormouse = Dormouse::in_folder(folder.path()).await;
    assert_eq!(dormouse.api.all("/v1/tasks").await, [created.json]);
}

#[tokio::test]
async fn death_of_the_private_server_ends_it_with_a_reason_and_the_next_start_goes_on() {
    let folder = Folder::new();
    let mut dormouse = Dormouse::in_folder(folder.path()).await;
    let created = dormouse.api.post("/v1/tasks", &json!({"title": "x"})).await;

    send(folder.postmaster().expect("a private server runs"), Signal::SIGKILL);
    let status = dormouse.process.ended().await;
    assert!(!status.success());
    let said = dormouse.process.errors.text();
    assert!(said.contains("the private PostgreSQL ended"), "{said}");

    let dormouse = Dormouse::in_folder(folder.path()).await;
    let tasks = dormouse.api.all("/v1/tasks").await;
    assert_eq!(tasks, [created.json]);
    assert!(operate(folder.path(), &["verify"]).starts_with("1 logs verified"));
}

#[tokio::test]
async fn second_one_in_the_same_folder_is_refused() {
    let folder = Folder::new();
    let _running = Dormouse::in_folder(folder.path()).await;
    let output = crate::running::run(crate::running::command("dormouse").arg("--data-dir").arg(folder.path()));
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        said.lines().filter(|line| line.starts_with("error:")).count(),
        1,
        "{said}"
    );
}

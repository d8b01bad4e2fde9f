//! `dormouse` as a person starts it: on a private PostgreSQL.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::json;
use testing::eventually;

use crate::{
    api::{Api, Dormouse, ahead, assert_on_time, now, operate},
    running::{Folder, Running, command, send},
};

#[tokio::test]
async fn person_is_reminded_once_and_what_repeats_goes_on() {
    let folder = Folder::new();
    let mut dormouse = Dormouse::in_folder(folder.path()).await;
    is_reminded_once_and_goes_on(&dormouse.api).await;
    dormouse.api.check_events().await;

    assert!(operate(folder.path(), &["verify"]).starts_with("1 logs verified"));
    assert!(operate(folder.path(), &["dead-letters", "list"]).starts_with("There are no dead letters"));
    stops_everything_it_started(&folder, &mut dormouse).await;
    // Without a server running, a command starts one for itself.
    assert!(operate(folder.path(), &["verify"]).starts_with("1 logs verified"));
    assert_eq!(folder.postmaster(), None);
}

/// Whatever stands between the person and the functions.
pub(crate) async fn is_reminded_once_and_goes_on(api: &Api) {
    let (moment, due) = (ahead(2_000), now().date_naive());
    let body = json!({"title": "Water the plants", "due_date": format!("{due}T23:59:59"),
                      "recurrence_rule": "FREQ=DAILY", "remind_at": moment});
    let created = api.post("/v1/tasks", &body).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(api.notifications().await, [] as [serde_json::Value; 0]);

    let notifications = api.notified(1).await;
    let reached: chrono::DateTime<chrono::Utc> = moment.parse().expect("it is an instant");
    assert!(now() >= reached);
    assert_on_time(&notifications[0], &moment);
    assert_eq!(notifications[0]["task_id"], created.id());

    let complete = format!("/v1/tasks/{}/complete", created.id());
    let done = api.command(&complete, "done").await;
    assert_eq!(done.json["status"], "completed");
    let next = api.next(2).await;
    assert_eq!(
        next["due_date"],
        format!("{}T23:59:59", due.succ_opt().expect("there is a tomorrow"))
    );
    assert_eq!(api.notifications().await.len(), 1);
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

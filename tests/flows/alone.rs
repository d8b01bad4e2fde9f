//! Each function in a process of its own, as in a container.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use journeys::{Api, ahead, assert_on_time, now};
use nix::sys::signal::Signal;
use reqwest::Method;
use serde_json::{Value, json};
use testing::{TestDatabase, eventually};

use crate::{
    events::database,
    running::{Running, command, run},
};

/// One running function.
pub(crate) struct Function {
    name: &'static str,
    pub(crate) process: Running,
    pub(crate) api: Api,
    metrics: Api,
}

impl Function {
    async fn start(name: &'static str, url: &str) -> Self {
        Self::begin(command(name).env("DATABASE_URL", url).env("LOG_FORMAT", "json"), name).await
    }

    pub(crate) async fn begin(command: &mut Command, name: &'static str) -> Self {
        let mut process = Running::start(command);
        let errors = process.errors.clone();
        let listening = process
            .says(&errors, |line| {
                let row: Value = serde_json::from_str(line).ok()?;
                (row["message"] == "listening").then_some(row)
            })
            .await;
        assert_eq!(listening["function"], name);
        let at = |name: &str| Api::at(&format!("http://{}", listening[name].as_str().expect("an address")));
        Self {
            name,
            api: at("address"),
            metrics: at("metrics"),
            process,
        }
    }

    /// Probes it, tells it to stop, and waits until it has.
    pub(crate) async fn probe_and_stop(mut self) {
        assert_eq!(self.api.get("/healthz").await.status, 200, "{}", self.name);
        assert_eq!(self.api.get("/readyz").await.status, 200, "{}", self.name);
        assert_eq!(self.metrics.get("/metrics").await.status, 200, "{}", self.name);
        let began = Instant::now();
        self.process.signal(Signal::SIGTERM);
        let status = self.process.ended().await;
        assert!(status.success(), "{}: {}", self.name, self.process.errors.text());
        assert!(began.elapsed() < Duration::from_secs(5), "{} stops slowly", self.name);
    }

    /// Its metrics, as they are now.
    pub(crate) async fn metrics_text(&self) -> String {
        let response = self.metrics.request(Method::GET, "/metrics").send().await;
        response.expect("it is served").text().await.expect("it is text")
    }

    /// Hands it the newest event of `kind`, as a dispatcher of CloudEvents would.
    async fn react(&self, database: &TestDatabase, kind: &str) {
        let (id, data): (String, String) =
            sqlx::query_as("SELECT id::text, data::text FROM events WHERE type = $1 ORDER BY seq DESC LIMIT 1")
                .bind(kind)
                .fetch_one(&database.pool())
                .await
                .expect("there is such an event");
        let data: Value = serde_json::from_str(&data).expect("events are JSON");
        let event = json!({"specversion": "1.0", "id": id, "source": "/dormouse/x", "type": kind,
                           "datacontenttype": "application/json", "data": data});
        let request = self.api.request(Method::POST, "/");
        let request = request.header("content-type", "application/cloudevents+json");
        let response = request.body(event.to_string()).send().await.expect("it is served");
        assert_eq!(response.status(), 204, "{}", self.name);
    }
}

#[tokio::test]
async fn preview_needs_no_database() {
    let function = Function::begin(
        command("preview-recurrence").env("LOG_FORMAT", "json"),
        "preview-recurrence",
    )
    .await;
    let body = json!({"due_date": "2026-11-23", "recurrence_rule": "FREQ=WEEKLY", "count": 2});
    let preview = function.api.post("/v1/recurrences/preview", &body).await;
    assert_eq!(preview.json["occurrences"][1]["due_date"], "2026-11-30", "{preview:?}");
    function.probe_and_stop().await;
}

#[tokio::test]
async fn task_goes_its_way_through_functions_that_know_nothing_of_each_other() {
    let database = database().await;
    let start = async |name| Function::start(name, database.url()).await;
    let (create, get, list) = (
        start("create-task").await,
        start("get-task").await,
        start("list-tasks").await,
    );
    let (complete, inbox) = (start("complete-task").await, start("notifications").await);
    let (on_due, on_completed) = (start("on-reminder-due").await, start("on-task-completed").await);
    let dispatcher = start("dispatch-reminders").await;

    let (moment, due) = (ahead(1_000), now().date_naive());
    let body = json!({"title": "Water the plants", "due_date": due, "recurrence_rule": "FREQ=DAILY",
                      "remind_at": moment});
    let task = create.api.post("/v1/tasks", &body).await;
    assert_eq!(task.status, 201, "{task:?}");
    let path = format!("/v1/tasks/{}", task.id());
    eventually("its reminder fires", async || {
        get.api.get(&path).await.json["reminders"][0]["state"] == "fired"
    })
    .await;
    on_due.react(&database, "todo.reminder.due").await;
    on_due.react(&database, "todo.reminder.due").await;
    let notifications = inbox.api.notifications().await;
    assert_eq!(notifications.len(), 1);
    assert_on_time(&notifications[0], &moment);
    let read = format!("/v1/notifications/{}/read", notifications[0]["id"].as_str().unwrap());
    assert!(inbox.api.command(&read, "read").await.json["read_at"].is_string());

    let done = complete.api.command(&format!("{path}/complete"), "done").await;
    assert_eq!(done.json["status"], "completed");
    on_completed.react(&database, "todo.task.completed").await;
    on_completed.react(&database, "todo.task.completed").await;
    let pending = list.api.all("/v1/tasks").await;
    assert_eq!((pending.len(), &pending[0]["occurrence"]), (1, &json!(2)));
    assert_eq!(get.api.all(&format!("{path}/events")).await.len(), 5);

    assert!(
        run(command("reconcile").env("DATABASE_URL", database.url()))
            .status
            .success()
    );
    for function in [create, get, list, complete, inbox, on_due, on_completed, dispatcher] {
        function.probe_and_stop().await;
    }
    assert!(crate::serving::operate_on(database.url(), &["verify"]).contains("logs verified"));
}

#[tokio::test]
async fn function_without_its_database_is_alive_but_not_ready() {
    let mut nowhere = Function::start("create-task", "postgres://nobody@127.0.0.1:1/nothing").await;
    assert_eq!(nowhere.api.get("/healthz").await.status, 200);
    assert_eq!(nowhere.api.get("/readyz").await.status, 503);
    let refused = nowhere.api.post("/v1/tasks", &json!({"title": "x"})).await;
    assert_eq!(refused.json["type"], "/problems/unavailable");
    nowhere.process.signal(Signal::SIGTERM);
    assert!(nowhere.process.ended().await.success());
}

#[tokio::test]
async fn job_without_its_database_fails_in_one_line() {
    let output = run(command("reconcile").env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing"));
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.lines().count(), 1, "{said}");
}

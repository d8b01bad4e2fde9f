//! What becomes of an event between Kafka and its function: what Knative does with each answer.

use std::{collections::BTreeMap, fs, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use journeys::{Api, Users, moment::days_ahead};
use nix::sys::signal::Signal;
use rig::{
    cluster::{Cluster, Part, Settings},
    knative::contract::Pauses,
    manifest::{self, ScaledObject, Trigger},
    scaler::behind,
    topics::{Record, records},
};
use serde_json::{Value, json};
use testing::{eventually, issuer};

use crate::{
    produced::{produce, produce_all},
    shared::cluster,
    support::users_behind,
};

const COMPLETED: &str = "todo.task.completed";
const DEAD_LETTERS: &str = "on-task-completed.dead-letter";

async fn users(cluster: &Cluster, journey: &'static str) -> Users {
    let address = cluster.address().await.unwrap();
    Users::of(journey, Api::at(&format!("http://{address}")))
}

async fn topic(cluster: &Cluster, name: &str) -> Vec<Record> {
    let (client, topics) = (cluster.kafka_client(), [name.to_owned()]);
    let read = tokio::task::spawn_blocking(move || records(&client, &topics));
    read.await.unwrap().unwrap()
}

/// The dead letter that `is_it`, once it is there; `what` it is of.
async fn dead_letter(cluster: &Cluster, what: &str, is_it: impl Fn(&Record) -> bool) -> Record {
    let mut found = None;
    eventually(&format!("there is a dead letter of {what}"), async || {
        found = topic(cluster, DEAD_LETTERS).await.into_iter().find(&is_it);
        found.is_some()
    })
    .await;
    found.unwrap()
}

/// How far `function`'s consumers are behind.
async fn lag(cluster: &Cluster, function: &str) -> i64 {
    let scaled = manifest::all::<ScaledObject>("ScaledObject").unwrap();
    let mut triggers = scaled[function].triggers.iter();
    let lag = triggers.find_map(|trigger| match trigger {
        Trigger::Kafka { metadata } => Some(metadata.clone()),
        Trigger::Postgresql { .. } => None,
    });
    let client = cluster.kafka_client();
    tokio::task::spawn_blocking(move || behind(client, &lag.unwrap()))
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_event_is_a_dead_letter_at_once_and_says_why() {
    let cluster = cluster();
    let client = cluster.kafka_client();
    let event = |id: &str| {
        BTreeMap::from(
            [
                ("content-type", "application/json"),
                ("ce_specversion", "1.0"),
                ("ce_id", id),
                ("ce_source", "/somewhere"),
                ("ce_type", COMPLETED),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        )
    };
    produce(&client, COMPLETED, "no-data", &event("no-data"), None).await;
    produce(&client, COMPLETED, "no-json", &event("no-json"), Some("{")).await;
    produce(&client, COMPLETED, "no-ids", &event("no-ids"), Some("{}")).await;
    produce(&client, COMPLETED, "no-event", &BTreeMap::new(), Some("surprise")).await;

    let function = cluster.before("on-task-completed");
    for what in ["no-data", "no-json", "no-ids", "no-event"] {
        // What is no event has an id of the dispatcher's making.
        let letter = dead_letter(cluster, what, |record| {
            record.attribute("id") == what || (what == "no-event" && record.value.contains("surprise"))
        })
        .await;
        assert_eq!(letter.attribute("knativeerrorcode"), "422", "{letter:?}");
        assert_eq!(letter.attribute("knativeerrordest"), format!("http://{function}/"));
        assert!(!letter.attribute("knativeerrordata").is_empty());
    }
    let again = |record: &&Record| record.attribute("id") == "no-json";
    assert_eq!(topic(cluster, DEAD_LETTERS).await.iter().filter(again).count(), 1);
    // What cannot even be read is logged without an id.
    assert_eq!(refusals(cluster, "no-ids").len(), 1, "it is not tried again");
}

/// When `on-task-completed` answered that it could not handle the event.
fn refusals(cluster: &Cluster, id: &str) -> Vec<DateTime<Utc>> {
    let mut refusals = Vec::new();
    for entry in fs::read_dir(cluster.folder().join("logs")).unwrap() {
        let path = entry.unwrap().path();
        if path.display().to_string().contains("on-task-completed") {
            let rows = fs::read_to_string(path).unwrap();
            let rows = rows.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let of_it = |row: &Value| row["message"] == "event not handled" && row["span"]["event_id"] == id;
            refusals.extend(
                rows.filter(of_it)
                    .map(|row| journeys::moment::instant(&row["timestamp"])),
            );
        }
    }
    refusals.sort();
    refusals
}

/// Completes the task while nothing is delivered, until its event is in Kafka. The dispatcher should not stand still for longer
/// than that: once its session has run out, it would deliver what it has twice.
async fn complete_undelivered(cluster: &Cluster, api: &Api, task: &Value) {
    cluster.signal(Part::Dispatcher, Signal::SIGSTOP).await.unwrap();
    let id = task["id"].as_str().unwrap();
    assert_eq!(api.command(&format!("/v1/tasks/{id}/complete"), id).await.status, 200);
    eventually("the log is published", async || {
        users_behind(&cluster.pool()).await == 0
    })
    .await;
}

/// The id of the event of that completion.
async fn completion(cluster: &Cluster, task: &Value) -> String {
    let published = topic(cluster, COMPLETED).await;
    let mut published = published.iter();
    let event = published.find(|record| Some(record.attribute("subject")) == task["id"].as_str());
    event.unwrap().attribute("id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn event_is_tried_again_with_growing_pauses_and_what_is_given_up_is_repaired() {
    const RETRIES: usize = 4;
    let settings = Settings {
        pauses: Pauses::Short {
            from: 100,
            retries: RETRIES.try_into().unwrap(),
        },
        reconcile: Some(Duration::from_secs(1)),
        ..Settings::default()
    };
    let cluster = Cluster::start(settings).await.unwrap();
    let api = users(&cluster, "waits").await.named("alice");
    let body = json!({"title": "Water", "due_date": days_ahead(1), "recurrence_rule": "FREQ=DAILY"});
    let first = api.post("/v1/tasks", &body).await.done();

    // Somebody holds the user's head for too long, and then no more.
    complete_undelivered(&cluster, &api, &first).await;
    let mut holding = cluster.pool().begin().await.unwrap();
    let hold = "SELECT FROM log_heads WHERE user_id = $1 FOR UPDATE";
    let hold = sqlx::query(hold).bind(issuer::user("alice who waits").0);
    hold.execute(&mut *holding).await.unwrap();
    cluster.signal(Part::Dispatcher, Signal::SIGCONT).await.unwrap();
    let event = completion(&cluster, &first).await;
    eventually("it is refused", async || !refusals(&cluster, &event).is_empty()).await;
    holding.rollback().await.unwrap();
    let second = api.next(2).await;
    assert!(topic(&cluster, DEAD_LETTERS).await.is_empty());

    // The database is away for longer than anybody tries.
    complete_undelivered(&cluster, &api, &second).await;
    cluster.kill(Part::Postgres).await.unwrap();
    cluster.signal(Part::Dispatcher, Signal::SIGCONT).await.unwrap();
    let event = completion(&cluster, &second).await;
    let letter = dead_letter(&cluster, "it", |record| record.attribute("id") == event).await;
    assert_eq!(letter.attribute("knativeerrorcode"), "503", "{letter:?}");
    let refusals = refusals(&cluster, &event);
    assert_eq!(refusals.len(), 1 + RETRIES, "{refusals:?}");
    for (pause, pair) in [200, 400, 800, 1600].into_iter().zip(refusals.windows(2)) {
        // Timers are a little early at times.
        assert!(pair[1] - pair[0] > TimeDelta::milliseconds(pause - 20), "{refusals:?}");
    }

    cluster.start_again(Part::Postgres).await.unwrap();
    cluster.run("reconcile", &[]).unwrap();
    assert!(api.all("/v1/tasks").await.is_empty(), "it may still be on its way");
    // The next run of its timer finds it.
    let age = "UPDATE tasks SET successor_awaited_since = successor_awaited_since - interval '10 minutes'";
    sqlx::query(age).execute(&cluster.pool()).await.unwrap();
    api.next(3).await;
    api.check_events().await;
    cluster.stop().await.unwrap();
}

/// The record again, as others might have made it.
fn like(record: &Record, number: usize) -> Record {
    let mut copy = record.clone();
    let mut data: Value = serde_json::from_str(&record.value).unwrap();
    match number % 3 {
        0 => {}
        1 => {
            let schema = format!("urn:dormouse:event:{}:2", record.topic);
            copy.headers.insert("ce_dataschema".to_owned(), schema);
            copy.headers.insert("ce_mood".to_owned(), "cheerful".to_owned());
            data["task"]["colour"] = json!({"name": "red", "rgb": [255, 0, 0]});
            data["colour"] = json!("red");
        }
        _ => drop(
            copy.headers
                .insert("ce_source".to_owned(), "/dormouse/elsewhere".to_owned()),
        ),
    }
    copy.value = data.to_string();
    copy
}

#[tokio::test(flavor = "multi_thread")]
async fn each_effect_comes_once_however_often_and_in_whatever_order_events_come() {
    const USERS: usize = 4;
    const TASKS: usize = 42;
    let cluster = Cluster::start(Settings::default()).await.unwrap();
    let users = users(&cluster, "repeats").await;
    let everybody: Vec<_> = (0..USERS).map(|number| users.named(&number.to_string())).collect();
    cluster.signal(Part::Dispatcher, Signal::SIGSTOP).await.unwrap();
    let mut creating = tokio::task::JoinSet::new();
    for api in everybody.clone() {
        creating.spawn(async move {
            for number in 0..TASKS {
                let body = json!({"title": format!("number {number}"), "due_date": days_ahead(2),
                                  "recurrence_rule": "FREQ=DAILY", "reminders": [{"offset": "-P7D"}]});
                let created = api.post("/v1/tasks", &body).await;
                let complete = format!("/v1/tasks/{}/complete", created.id());
                assert_eq!(api.command(&complete, "done").await.status, 200);
            }
        });
    }
    creating.join_all().await;
    eventually("the log is published", async || {
        users_behind(&cluster.pool()).await == 0
    })
    .await;

    let mut copies = Vec::new();
    for name in [COMPLETED, "todo.reminder.due"] {
        let published = topic(&cluster, name).await;
        copies.extend((0..3).flat_map(|number| published.iter().map(move |record| like(record, number))));
    }
    assert!(copies.len() >= 3 * USERS * TASKS, "{}", copies.len());
    // Any order but theirs: the factor has nothing in common with any such number.
    let count = copies.len();
    let mixed: Vec<_> = (0..count).map(|number| &copies[number * 7_919 % count]).collect();
    produce_all(&cluster.kafka_client(), &mixed).await;
    cluster.signal(Part::Dispatcher, Signal::SIGCONT).await.unwrap();

    for api in &everybody {
        eventually("everything goes on", async || api.all("/v1/tasks").await.len() >= TASKS).await;
    }
    for function in ["on-task-completed", "on-reminder-due"] {
        eventually("every record was had", async || lag(&cluster, function).await == 0).await;
        assert!(topic(&cluster, &format!("{function}.dead-letter")).await.is_empty());
    }
    for api in &everybody {
        let tasks = api.all("/v1/tasks?status=all").await;
        assert_eq!(tasks.len(), 2 * TASKS);
        // A task whose reminder was cancelled before it fired has no notification.
        let reminders = tasks.iter().filter(|task| task["reminders"][0]["state"] != "cancelled");
        let expected = reminders.count();
        api.notified(expected).await;
        let told: Vec<_> = api
            .notifications()
            .await
            .iter()
            .map(|told| told["task_id"].to_string())
            .collect();
        let different: std::collections::BTreeSet<_> = told.iter().collect();
        assert_eq!((told.len(), different.len()), (expected, expected));
        api.check_events().await;
    }
    cluster.stop().await.unwrap();
}

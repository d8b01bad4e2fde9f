//! `kill -9` between any two steps: nothing acknowledged is lost, nothing is doubled.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use chrono::TimeDelta;
use journeys::{Answer, Api, ahead, assert_on_time, now};
use serde_json::{Value, json};
use testing::{eventually, own_address};
use tokio::task::JoinSet;

use crate::{
    alone::Function,
    gateway::{everything_at, gateway},
    running::Folder,
    serving::{Dormouse, operate},
};

/// A `dormouse` that is killed and started again in the same folder, at the same address.
struct Killed {
    folder: Folder,
    address: SocketAddr,
    running: Option<Dormouse>,
    /// What stays while it is killed.
    gateway: Option<Function>,
}

impl Killed {
    async fn start() -> Self {
        let (folder, address) = (Folder::new(), own_address());
        let running = Some(Dormouse::in_folder_at(folder.path(), address).await);
        Self {
            folder,
            address,
            running,
            gateway: None,
        }
    }

    async fn start_behind_a_gateway() -> Self {
        let mut killed = Self::start().await;
        killed.gateway = Some(gateway(&everything_at(&killed.api()), None).await);
        killed
    }

    fn api(&self) -> Api {
        let direct = || &self.running.as_ref().expect("it runs").api;
        self.gateway
            .as_ref()
            .map_or_else(direct, |gateway| &gateway.api)
            .clone()
    }

    async fn kill_and_start(&mut self) {
        let orphan = self.folder.postmaster().expect("a private server runs");
        self.running.take().expect("it runs").process.kill();
        self.running = Some(Dormouse::in_folder_at(self.folder.path(), self.address).await);
        assert_ne!(self.folder.postmaster(), Some(orphan));
        self.verify();
    }

    fn verify(&self) {
        assert!(operate(self.folder.path(), &["verify"]).contains("logs verified"));
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        // Before the folder, which would wait for its server.
        self.running.take();
    }
}

#[tokio::test]
async fn person_notices_nothing_of_kills_between_any_two_steps() {
    notices_nothing(Killed::start().await).await;
}

#[tokio::test]
async fn person_behind_a_gateway_notices_nothing_of_them_either() {
    notices_nothing(Killed::start_behind_a_gateway().await).await;
}

async fn notices_nothing(mut killed: Killed) {
    let due = now().date_naive() + TimeDelta::days(2);
    let moment = ahead(2_500);
    let body = json!({"title": "Water the plants", "due_date": format!("{due}T09:00:00"),
                      "recurrence_rule": "FREQ=DAILY", "remind_at": moment});
    let created = killed.api().create(&body, "create").await.expect("it is served");
    assert_eq!((created.status, created.is_replayed), (201, false));

    killed.kill_and_start().await;
    let again = killed.api().create(&body, "create").await.expect("it is served");
    assert_eq!(
        again,
        Answer {
            is_replayed: true,
            ..created.clone()
        }
    );
    let notification = killed.api().notified(1).await.remove(0);
    assert_on_time(&notification, &moment);

    killed.kill_and_start().await;
    assert_eq!(killed.api().notifications().await, std::slice::from_ref(&notification));
    let read = format!(
        "/v1/notifications/{}/read",
        notification["id"].as_str().expect("it has an id")
    );
    let notification = killed.api().command(&read, "read").await.json;
    assert!(notification["read_at"].is_string());

    killed.kill_and_start().await;
    assert_eq!(killed.api().notifications().await, [notification]);
    let complete = format!("/v1/tasks/{}/complete", created.id());
    let completed = killed.api().command(&complete, "complete").await;
    assert_eq!(completed.json["status"], "completed");

    killed.kill_and_start().await;
    let again = killed.api().command(&complete, "complete").await;
    assert_eq!(
        again,
        Answer {
            is_replayed: true,
            ..completed
        }
    );
    let second = killed.api().next(2).await;
    assert_eq!(
        second["due_date"],
        format!("{}T09:00:00", due.succ_opt().expect("days go on"))
    );

    killed.kill_and_start().await;
    assert_eq!(killed.api().next(2).await, second);
    let complete = format!("/v1/tasks/{}/complete", second["id"].as_str().expect("it has an id"));
    let completed = killed.api().command(&complete, "complete-again").await;
    assert_eq!(completed.json["status"], "completed");

    killed.kill_and_start().await;
    killed.api().next(3).await;
    assert_eq!(killed.api().all("/v1/tasks?status=all").await.len(), 3);
    assert_eq!(killed.api().notifications().await.len(), 1);
    killed.api().check_events().await;
    killed.verify();
}

/// Sends what `tasks` are to be created until the server is gone; what was acknowledged.
async fn create_until_killed(api: Api, tasks: usize, acknowledged: Arc<AtomicUsize>) -> BTreeMap<usize, Value> {
    let next = Arc::new(AtomicUsize::new(0));
    let answers = Arc::new(Mutex::new(BTreeMap::new()));
    let mut clients = JoinSet::new();
    for _ in 0..8 {
        let (api, next, answers) = (api.clone(), Arc::clone(&next), Arc::clone(&answers));
        let acknowledged = Arc::clone(&acknowledged);
        clients.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= tasks {
                    return;
                }
                let Ok(answer) = api.create(&body(number), &format!("key-{number}")).await else {
                    return;
                };
                assert_eq!(answer.status, 201, "{answer:?}");
                answers
                    .lock()
                    .expect("nobody panics with it")
                    .insert(number, answer.json);
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    clients.join_all().await;
    let answers = answers.lock().expect("nobody panics with it");
    answers.clone()
}

fn body(number: usize) -> Value {
    json!({"title": format!("number {number}")})
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_in_the_middle_of_many_requests_loses_and_doubles_none() {
    const TASKS: usize = 300;
    let mut killed = Killed::start().await;
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let creating = tokio::spawn(create_until_killed(killed.api(), TASKS, Arc::clone(&acknowledged)));
    eventually("many are acknowledged", async || {
        acknowledged.load(Ordering::Relaxed) >= 100
    })
    .await;
    killed.kill_and_start().await;
    let answers = creating.await.unwrap();
    assert!(answers.len() < TASKS, "the kill came too late to show anything");

    let api = killed.api();
    for number in 0..TASKS {
        let again = api.create(&body(number), &format!("key-{number}")).await.unwrap();
        assert_eq!(again.status, 201);
        if let Some(first) = answers.get(&number) {
            assert!(again.is_replayed);
            assert_eq!(&again.json, first);
        }
    }
    assert_eq!(api.all("/v1/tasks").await.len(), TASKS);
    api.check_events().await;
    killed.verify();
}

/// Creates what `tasks` are to be created, each until it is acknowledged.
async fn create_whatever_happens(api: Api, tasks: usize, acknowledged: Arc<AtomicUsize>) {
    let next = Arc::new(AtomicUsize::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..8 {
        let (api, next, acknowledged) = (api.clone(), Arc::clone(&next), Arc::clone(&acknowledged));
        clients.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= tasks {
                    return;
                }
                let (body, key) = (body(number), format!("key-{number}"));
                let mut created = api.create(&body, &key).await;
                if created.is_err() {
                    // An answer broke off halfway. Nothing else is to be noticed.
                    created = api.create(&body, &key).await;
                }
                assert_eq!(created.expect("it is served").status, 201);
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    clients.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_behind_a_gateway_wait_for_what_was_killed_and_nothing_is_lost_or_doubled() {
    const TASKS: usize = 300;
    let mut killed = Killed::start_behind_a_gateway().await;
    let (api, acknowledged) = (killed.api(), Arc::new(AtomicUsize::new(0)));
    let creating = tokio::spawn(create_whatever_happens(api.clone(), TASKS, Arc::clone(&acknowledged)));
    for before in [50, 150] {
        eventually("many are acknowledged", async || {
            acknowledged.load(Ordering::Relaxed) >= before
        })
        .await;
        killed.kill_and_start().await;
    }
    creating.await.unwrap();
    let titles: BTreeSet<_> = api
        .all("/v1/tasks")
        .await
        .iter()
        .map(|task| task["title"].to_string())
        .collect();
    assert_eq!((api.all("/v1/tasks").await.len(), titles.len()), (TASKS, TASKS));
    api.check_events().await;
    killed.verify();
}

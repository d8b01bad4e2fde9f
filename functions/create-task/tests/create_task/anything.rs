//! Whatever is thrown at it: never a failure of ours.

use proptest::{
    collection::{hash_map, vec},
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::{Value, json};
use testing::TestApp;
use tokio::{runtime::Handle, task::block_in_place};

use crate::{PATH, start};

const NAMES: [&str; 13] = [
    "title",
    "description",
    "priority",
    "tags",
    "due_date",
    "time_zone",
    "recurrence_rule",
    "recurrence_mode",
    "exceptions",
    "additions",
    "reminders",
    "remind_at",
    "at",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9]{4}-[0-1][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](Z|[+-][0-9]{2}:[0-9]{2})?)?",
        "FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;INTERVAL=[0-9]{1,10})?(;COUNT=[0-9]{1,10})?(;BYDAY=-?[0-9]?MO)?",
        "-?P([0-9]{1,12}[DW])?(T[0-9]{1,12}[HMS])?",
        Just("Europe/Berlin".to_owned()),
        Just("completion".to_owned()),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => text().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => text().prop_map(|text| json!({"at": text})),
        1 => text().prop_map(|text| json!({"offset": text})),
    ];
    leaf.prop_recursive(3, 32, 8, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..8).prop_map(Value::from),
            hash_map(prop_oneof![text(), Just("offset".to_owned())], inner, 0..4).prop_map(Value::from_iter),
        ]
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let members = hash_map(proptest::sample::select(&NAMES[..]), value(), 0..4);
    let object = (members, any::<bool>()).prop_map(|(members, has_title)| {
        let mut members: serde_json::Map<_, _> = members.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
        if has_title {
            members.insert("title".to_owned(), "x".into());
        }
        Value::Object(members).to_string().into_bytes()
    });
    prop_oneof![4 => object, 1 => value().prop_map(|v| v.to_string().into_bytes()), 1 => vec(any::<u8>(), 0..200)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn no_body_makes_it_fail() {
    let (app, client) = start().await;
    let config = Config {
        cases: 600,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = block_in_place(|| {
        TestRunner::new(config).run(&body(), |body| {
            let headers = [("content-type", "application/json")];
            let reply = Handle::current().block_on(client.post_raw(PATH, &headers, body));
            match reply.status.as_u16() {
                201 | 400 | 422 => Ok(()),
                _ => Err(TestCaseError::fail(format!("{reply:?}"))),
            }
        })
    });
    outcome.unwrap();
    every_task_has_its_event(&app).await;
}

async fn every_task_has_its_event(app: &TestApp) {
    let (tasks, events): (i64, i64) =
        sqlx::query_as("SELECT (SELECT count(*) FROM tasks), (SELECT count(*) FROM events)")
            .fetch_one(&app.database().pool())
            .await
            .expect("the database is there");
    assert_eq!(tasks, events);
    assert!(tasks > 10, "hardly any of them was a task: {tasks}");
    app.verify_log().await;
}

//! The log on its way to Kafka.

use rig::kafka::Access;
use serde_json::Value;
use storage::installation::{self, Delivery};

use crate::support::{Rig, create, first_appearances, user};

#[tokio::test(flavor = "multi_thread")]
async fn event_is_a_cloud_event_in_the_topic_of_its_type_with_its_user_as_key() {
    let rig = Rig::start(Access::Anybody).await;
    let relay = rig.relay();
    create(&rig.client(user(1)), 1).await;
    rig.until_published().await;
    relay.stop().await.unwrap();
    let [recorded] = &rig.test.events(user(1)).await[..] else {
        panic!("one task makes one event")
    };
    let [record] = &rig.published().await[..] else {
        panic!("one event makes one record")
    };
    let user = user(1).0.to_string();
    assert_eq!((record.topic.as_str(), &record.key), ("todo.task.created", &user));
    let expected = [
        ("content-type", "application/json".to_owned()),
        ("ce_specversion", "1.0".to_owned()),
        ("ce_id", recorded.event.id.to_string()),
        ("ce_source", format!("/dormouse/{}", rig.test.installation().await)),
        ("ce_type", "todo.task.created".to_owned()),
        ("ce_subject", recorded.event.task_id.to_string()),
        ("ce_time", "2026-11-23T08:00:00.000000Z".to_owned()),
        ("ce_dataschema", "urn:dormouse:event:todo.task.created:1".to_owned()),
        ("ce_sequence", "00000000000000000001".to_owned()),
        ("ce_partitionkey", user),
        ("ce_traceparent", recorded.event.traceparent.clone().unwrap()),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    assert_eq!(record.headers, expected.into_iter().collect());
    let data: Value = serde_json::from_str(&record.value).unwrap();
    assert_eq!(data["title"], "Feed the cat");
    assert_eq!(record.value, recorded.event.data);
}

#[tokio::test(flavor = "multi_thread")]
async fn log_waits_while_kafka_is_away_and_is_published_in_order_when_it_is_back() {
    let mut rig = Rig::start(Access::Anybody).await;
    let relay = rig.relay();
    let clients = [1, 2, 3].map(|number| rig.client(user(number)));
    for client in &clients {
        create(client, 5).await;
    }
    rig.kafka.kill().unwrap();
    for client in &clients {
        create(client, 20).await;
    }
    let rig = tokio::task::spawn_blocking(move || {
        rig.kafka.run().unwrap();
        rig
    });
    let rig = rig.await.unwrap();
    for client in &clients {
        create(client, 5).await;
    }
    rig.until_published().await;
    relay.stop().await.unwrap();
    let appearances = first_appearances(&rig.published().await);
    assert_eq!(appearances.len(), 3);
    for numbers in appearances.values() {
        assert_eq!(*numbers, (1..=30).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn log_that_dormouse_delivers_is_not_published_too() {
    let rig = Rig::start(Access::Anybody).await;
    let mut session = rig.app().database.session().await.unwrap();
    installation::claim_delivery(&mut session, Delivery::InProcess)
        .await
        .unwrap();
    session.finish().await.unwrap();
    let error = rig.relay().ended().await.unwrap_err();
    assert!(error.to_string().contains("delivered in process"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn relay_ends_where_the_database_is_none_of_an_installation() {
    let rig = Rig::start(Access::Anybody).await;
    sqlx::query("DROP TABLE installation CASCADE")
        .execute(&rig.test.database().pool())
        .await
        .unwrap();
    let error = rig.relay().ended().await.unwrap_err();
    assert!(error.to_string().contains("installation"), "{error}");
}

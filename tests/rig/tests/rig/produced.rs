//! Records of the tests' own.

use std::{collections::BTreeMap, time::Duration};

use rdkafka::{
    ClientConfig,
    message::{Header, OwnedHeaders},
    producer::{FutureProducer, FutureRecord},
};
use rig::topics::Record;

/// Puts one record into a topic.
pub(crate) async fn produce(
    client: &ClientConfig,
    topic: &str,
    key: &str,
    headers: &BTreeMap<String, String>,
    value: Option<&str>,
) {
    let producer: FutureProducer = client.create().unwrap();
    put(&producer, topic, key, headers, value).await;
}

/// Puts records into their topics, one after the other.
pub(crate) async fn produce_all(client: &ClientConfig, records: &[&Record]) {
    let producer: FutureProducer = client.clone().set("linger.ms", "0").create().unwrap();
    for record in records {
        put(
            &producer,
            &record.topic,
            &record.key,
            &record.headers,
            Some(&record.value),
        )
        .await;
    }
}

async fn put(
    producer: &FutureProducer,
    topic: &str,
    key: &str,
    headers: &BTreeMap<String, String>,
    value: Option<&str>,
) {
    let headers = headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
        headers.insert(Header {
            key,
            value: Some(value),
        })
    });
    let mut record = FutureRecord::to(topic).key(key).headers(headers);
    record.payload = value;
    producer.send(record, Duration::from_secs(30)).await.unwrap();
}

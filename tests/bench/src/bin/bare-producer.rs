//! The least that can publish what a relay does: the events of the users between two ids, read beforehand, by librdkafka
//! with the relay's own settings in a process of its shape. It says how many seconds that took.

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use anyhow::Context;
use domain::{TaskId, UserId};
use events::{Event, Recorded};
use futures_util::future::try_join_all;
use kafka::{Publisher, Settings};
use rdkafka::{
    error::{KafkaError, RDKafkaErrorCode},
    message::OwnedHeaders,
    producer::{DeliveryFuture, FutureProducer, FutureRecord},
};
use sqlx::{Connection as _, PgConnection, Row as _, postgres::PgRow};
use uuid::Uuid;

/// How long to wait until the client has room again, as the relay does.
const NO_ROOM: Duration = Duration::from_millis(5);

/// What is sent.
struct Message {
    topic: &'static str,
    key: String,
    data: String,
    headers: OwnedHeaders,
}

fn main() -> anyhow::Result<()> {
    let seconds = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(measure())?;
    writeln!(std::io::stdout(), "{seconds}")?;
    Ok(())
}

async fn measure() -> anyhow::Result<f64> {
    let messages = read().await?;
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    let producer: FutureProducer = Publisher::client(&settings).create()?;
    // The first message waits for connections, and for the broker to know the producer.
    let first = messages.first().context("there is nothing to send")?;
    let warm = Message {
        key: first.key.clone(),
        data: first.data.clone(),
        headers: first.headers.clone(),
        ..*first
    };
    send(&producer, warm).await?.await?.map_err(|(error, _)| error)?;
    let began = Instant::now();
    let mut sent = Vec::with_capacity(messages.len());
    for message in messages {
        sent.push(send(&producer, message).await?);
    }
    for delivery in try_join_all(sent).await? {
        delivery.map_err(|(error, _)| error)?;
    }
    Ok(began.elapsed().as_secs_f64())
}

async fn send(producer: &FutureProducer, message: Message) -> Result<DeliveryFuture, KafkaError> {
    let mut record = FutureRecord::to(message.topic)
        .key(&message.key)
        .payload(&message.data)
        .headers(message.headers);
    loop {
        match producer.send_result(record) {
            Ok(delivery) => return Ok(delivery),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                record = back;
                tokio::time::sleep(NO_ROOM).await;
            }
            Err((error, _)) => return Err(error),
        }
    }
}

/// The events, in the order in which a relay comes upon them.
async fn read() -> anyhow::Result<Vec<Message>> {
    let [first, last] = [1, 2].map(|number| std::env::args().nth(number).unwrap_or_default());
    let url = std::env::var("DATABASE_URL").context("DATABASE_URL is missing")?;
    let rows = sqlx::query(
        "SELECT user_id, seq, id, type, task_id, version, data::text AS data, traceparent, time FROM events
         WHERE user_id BETWEEN $1 AND $2 ORDER BY user_id, seq",
    )
    .bind(first.parse::<Uuid>()?)
    .bind(last.parse::<Uuid>()?)
    .fetch_all(&mut PgConnection::connect(&url).await?)
    .await?;
    rows.iter().map(message).collect()
}

fn message(row: &PgRow) -> anyhow::Result<Message> {
    let kind: &str = row.get("type");
    let event = Event {
        id: row.get("id"),
        kind: kind
            .parse()
            .map_err(|_| anyhow::anyhow!("{kind} is no kind of event"))?,
        user_id: UserId(row.get("user_id")),
        task_id: TaskId(row.get("task_id")),
        version: row.get("version"),
        data: row.get("data"),
        time: row.get("time"),
        traceparent: row.get("traceparent"),
    };
    let recorded = Recorded {
        seq: row.get("seq"),
        event,
    };
    Ok(Message {
        topic: recorded.event.kind.as_str(),
        key: recorded.event.user_id.to_string(),
        headers: kafka::headers(&recorded, Uuid::nil()),
        data: recorded.event.data,
    })
}

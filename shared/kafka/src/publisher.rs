//! Publishing events so that Kafka has each at least once, and in each topic the first appearances of a user's in order.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use events::Recorded;
use futures_util::future::join_all;
use rdkafka::{
    ClientContext,
    config::RDKafkaLogLevel,
    error::{KafkaError, RDKafkaErrorCode},
    producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer},
};
use uuid::Uuid;

use crate::{Settings, message};

/// How long to wait until the client has room again.
const NO_ROOM: Duration = Duration::from_millis(5);

/// Publishes.
pub struct Publisher {
    producer: FutureProducer<Away>,
    away: Away,
    installation: Uuid,
}

/// Why an event was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Kafka does not take it.
    #[error("Kafka does not take an event: {0}")]
    Refused(#[from] KafkaError),
    /// The client was closed with the event in hand.
    #[error("the client was closed")]
    Closed,
}

/// How far a batch came.
#[derive(Debug)]
pub struct Published {
    /// How many of the first events Kafka has acknowledged. Later ones may be there, too.
    pub acknowledged: usize,
    /// Why no more.
    pub failure: Option<PublishError>,
}

impl Publisher {
    /// A publisher of `installation`'s events.
    ///
    /// # Errors
    /// The settings are of no use to the client.
    pub fn new(settings: &Settings, installation: Uuid) -> Result<Self, KafkaError> {
        let away = Away::default();
        let producer = settings
            .client()
            .set("acks", "all")
            .set("enable.idempotence", "true")
            // A message that is given up must not be followed by a later one in its partition.
            .set("enable.gapless.guarantee", "true")
            // Never given up while Kafka is away: whoever waits decides.
            .set("message.timeout.ms", "0")
            .set("linger.ms", "1")
            .set("compression.type", "lz4")
            .set("queue.buffering.max.kbytes", "16384")
            .create_with_context(away.clone())?;
        Ok(Self {
            producer,
            away,
            installation,
        })
    }

    /// Publishes the events of one user, in order, and waits until Kafka has acknowledged or refused each. A caller who
    /// gives up must take it that any of them may be there, or come to be.
    pub async fn publish(&self, events: &[Recorded]) -> Published {
        let mut sent = Vec::with_capacity(events.len());
        let mut failure = None;
        for recorded in events {
            match self.send(recorded).await {
                Ok(delivery) => sent.push(delivery),
                Err(error) => {
                    failure = Some(error.into());
                    break;
                }
            }
        }
        let mut acknowledged = 0;
        for delivery in join_all(sent).await {
            match delivery {
                Ok(Ok(_)) => acknowledged += 1,
                Ok(Err((error, _))) => {
                    failure = Some(error.into());
                    break;
                }
                Err(_) => {
                    failure = Some(PublishError::Closed);
                    break;
                }
            }
        }
        if acknowledged > 0 {
            self.away.is_over();
        }
        Published { acknowledged, failure }
    }

    /// Whether this publisher is of no use any more, and another has to take over.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.producer.client().fatal_error().is_some()
    }

    async fn send(&self, recorded: &Recorded) -> Result<DeliveryFuture, KafkaError> {
        let event = &recorded.event;
        let (key, topic) = (event.user_id.to_string(), event.kind.as_str());
        let mut record = FutureRecord::to(topic)
            .key(&key)
            .payload(&event.data)
            .headers(message::headers(recorded, self.installation));
        loop {
            match self.producer.send_result(record) {
                Ok(delivery) => return Ok(delivery),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    record = back;
                    tokio::time::sleep(NO_ROOM).await;
                }
                Err((error, _)) => return Err(error),
            }
        }
    }
}

/// Says once that Kafka is away, and once that it is back. What is on its way waits meanwhile.
#[derive(Debug, Clone, Default)]
struct Away(Arc<AtomicBool>);

impl Away {
    fn is_over(&self) {
        if self.0.swap(false, Ordering::Relaxed) {
            tracing::info!("Kafka takes events again");
        }
    }
}

impl ClientContext for Away {
    fn log(&self, _: RDKafkaLogLevel, facility: &str, message: &str) {
        tracing::debug!(facility, message, "librdkafka");
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(%error, reason, "librdkafka");
        let is_away = matches!(
            error,
            KafkaError::Global(
                RDKafkaErrorCode::AllBrokersDown | RDKafkaErrorCode::Authentication | RDKafkaErrorCode::SSL
            )
        );
        if is_away && !self.0.swap(true, Ordering::Relaxed) {
            tracing::error!(%error, reason, "Kafka cannot be reached; events wait in the log");
        }
    }
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publisher").finish_non_exhaustive()
    }
}

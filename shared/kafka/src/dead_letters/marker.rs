//! Marking what was replayed.

use rdkafka::{
    error::KafkaError,
    producer::{FutureProducer, FutureRecord},
    util::Timeout,
};

use super::{Place, marks};
use crate::{Settings, complaints::Complaints};

/// How long Kafka may take to acknowledge a mark, in milliseconds.
const PATIENCE: &str = "30000";

/// Marks what was replayed.
pub struct Marker {
    producer: FutureProducer<Complaints>,
    complaints: Complaints,
}

impl Marker {
    /// A marker.
    ///
    /// # Errors
    /// The settings are of no use to the client.
    pub fn new(settings: &Settings) -> Result<Self, KafkaError> {
        let complaints = Complaints::default();
        let producer = settings
            .client()
            .set("acks", "all")
            .set("enable.idempotence", "true")
            .set("message.timeout.ms", PATIENCE)
            .set("linger.ms", "0")
            .create_with_context(complaints.clone())?;
        Ok(Self { producer, complaints })
    }

    /// Marks the letter at `place` as replayed, for good once Kafka has acknowledged it.
    ///
    /// # Errors
    /// Kafka does not acknowledge it. The letter will be read again.
    pub async fn mark(&self, place: Place) -> anyhow::Result<()> {
        let topic = place.topic();
        let record: FutureRecord<'_, (), ()> = FutureRecord::to(&topic)
            .partition(place.partition)
            .headers(marks::of(place.offset));
        let sent = self.producer.send(record, Timeout::Never).await;
        sent.map_err(|(error, _)| self.complaints.explain(&error))?;
        Ok(())
    }
}

impl std::fmt::Debug for Marker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Marker").finish_non_exhaustive()
    }
}

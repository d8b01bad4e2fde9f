//! What a producer's client tells by itself: that Kafka is away, and what became of each message.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use rdkafka::{
    ClientContext,
    config::RDKafkaLogLevel,
    error::{KafkaError, RDKafkaErrorCode},
    producer::{DeliveryResult, ProducerContext},
};

use crate::on_its_way::Place;

/// Says once that Kafka is away, and once that it is back. What is on its way waits meanwhile.
#[derive(Debug, Clone, Default)]
pub(crate) struct Away(Arc<AtomicBool>);

impl Away {
    /// Whether it is.
    pub(crate) fn is_away(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Notes that Kafka has acknowledged something.
    pub(crate) fn is_over(&self) {
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

impl ProducerContext for Away {
    type DeliveryOpaque = Box<Place>;

    fn delivery(&self, result: &DeliveryResult<'_>, place: Box<Place>) {
        place.decide(result.as_ref().err().map(|(error, _)| error.clone()));
    }
}

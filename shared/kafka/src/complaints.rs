//! What the client says beside the errors that it returns: a call that fails names no more than a timeout where its
//! threads know that a certificate or a password was refused.

use std::sync::{Arc, Mutex, PoisonError};

use rdkafka::{ClientContext, config::RDKafkaLogLevel, consumer::ConsumerContext, error::KafkaError};

/// The last thing that the client complained of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Complaints(Arc<Mutex<Option<String>>>);

impl Complaints {
    /// `error`, and what may be behind it.
    pub(crate) fn explain(&self, error: &KafkaError) -> anyhow::Error {
        match &*self.last() {
            Some(complaint) => anyhow::anyhow!("Kafka does not answer: {error}; {complaint}"),
            None => anyhow::anyhow!("Kafka does not answer: {error}"),
        }
    }

    pub(crate) fn note(&self, complaint: String) {
        *self.last() = Some(complaint);
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Complaints {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        tracing::debug!(facility, message, "librdkafka");
        if matches!(
            level,
            RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error
        ) {
            self.note(message.to_owned());
        }
    }

    fn error(&self, _: KafkaError, reason: &str) {
        self.note(reason.to_owned());
    }
}

impl ConsumerContext for Complaints {}

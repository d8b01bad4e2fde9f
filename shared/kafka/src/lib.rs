//! Kafka, as far as the log goes there: its topics, a publisher of events, and what could not be delivered. Only what
//! publishes or operates links this, so that nothing else carries librdkafka.

mod complaints;
pub mod dead_letters;
mod message;
mod publisher;
mod settings;
pub mod topics;

pub use publisher::{PublishError, Published, Publisher};
pub use rdkafka::error::KafkaError;
pub use settings::Settings;

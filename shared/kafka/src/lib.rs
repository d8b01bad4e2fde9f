//! Kafka, as far as the log goes there: its topics, and a publisher of events. Only what publishes links this, so that
//! nothing else carries librdkafka.

mod message;
mod on_its_way;
mod publisher;
mod settings;
pub mod topics;

pub use message::headers;
pub use publisher::{Published, Publisher};
pub use rdkafka::error::KafkaError;
pub use settings::Settings;

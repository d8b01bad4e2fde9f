//! Kafka, as far as the log goes there: its topics, a publisher of events, and what could not be delivered. Only what
//! publishes or operates links this, so that nothing else carries librdkafka.

mod away;
mod complaints;
pub mod dead_letters;
mod ending;
mod message;
mod on_its_way;
mod publisher;
mod settings;
pub mod topics;

pub use message::headers;
pub use publisher::{Published, Publisher};
pub use rdkafka::error::{KafkaError, RDKafkaErrorCode};
pub use settings::Settings;

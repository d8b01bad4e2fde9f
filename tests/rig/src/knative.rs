//! Knative's own Kafka data plane, unpatched and without a cluster: the dispatcher, which stands behind `KafkaSource`, and
//! the receiver, which stands behind `KafkaSink`.

mod archive;
pub mod contract;
mod data_plane;
mod jars;

pub use data_plane::{DataPlane, MARKS, Part};

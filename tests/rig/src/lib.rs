//! What production has around the functions, on one machine and without containers: for tests of what only the real
//! servers can show. [`cluster::Cluster`] is all of it.

pub mod activator;
pub mod chaos;
pub mod cluster;
pub mod deployment;
pub mod folder;
pub mod java;
pub mod kafka;
pub mod knative;
pub mod manifest;
pub mod postgres;
pub mod process;
pub mod scaler;
pub mod topics;

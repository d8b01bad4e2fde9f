//! A Job: brings the database to this release's schema, and its role's limits with it.

mod handler;

pub use handler::migrate;

//! PostgreSQL: the pool, the migrations, the log and its reader, and one module per table. All SQL is here, checked
//! against the schema when it compiles. Every function takes the connection it runs on, so that its caller decides
//! what shares a transaction, and `now`, so that its caller decides what time it is.

pub mod backlog;
mod civil;
pub mod database;
pub mod dead_letters;
pub mod error;
pub mod idempotency;
pub mod installation;
pub mod leases;
pub mod log;
pub mod migrations;
pub mod notifications;
pub mod reminders;
pub mod retries;
pub mod series;
pub mod tasks;
mod turns;

pub use database::{Database, Pooler, Session};
pub use error::Error;
pub use sqlx::{PgConnection, postgres::PgConnectOptions};
pub use turns::Turn;

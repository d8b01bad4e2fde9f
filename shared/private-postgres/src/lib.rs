//! Starts, finds and stops the private `PostgreSQL` server of one folder, from the machine's own binaries.
//!
//! Everything belongs to the folder: `data` (the cluster), `password` and `lock` (0600), `postgres.log`, and
//! `socket`. The server listens on nothing but that Unix socket, in a directory only its owner may enter.

mod binaries;
mod cluster;
mod connection;
mod error;
mod files;
mod home;
mod lock;
mod log;
mod options;
mod os_user;
mod postmaster;
mod private_postgres;
mod program;
mod server;
mod signals;
mod socket;
mod watchdog;

pub use connection::{Connection, DATABASE};
pub use error::Error;
pub use options::Options;
pub use private_postgres::{PrivatePostgres, attach};
pub use watchdog::Watchdog;

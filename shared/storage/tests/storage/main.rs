//! The storage against a real PostgreSQL: the log and its reader under every interleaving, the plans of every query at
//! a million tasks, the pool with and without a pooler before it, and each table's promises.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests; clippy.toml excuses only the tests themselves"
)]

mod backlog;
mod create;
mod dead_letters;
mod failover;
mod global_sequence;
mod idempotency;
mod installation;
mod leases;
mod list;
mod log_properties;
mod log_storm;
mod migrations;
mod pgbouncer;
mod plans;
mod pool;
mod positions;
mod reader;
mod retries;
mod support;
mod verify;

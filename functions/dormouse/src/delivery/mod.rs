//! In-process delivery: from the log to the functions' own event endpoints, through the same CloudEvents as over HTTP.
//!
//! [`log_delivery`] follows the log and tries each event once with each function that takes its kind. What a function
//! cannot take now goes to the retry table, and the log goes on: handlers need no order, so a poisoned event holds up
//! nothing else. [`RetryDelivery`] tries those again with growing pauses, and gives up after [`backoff::ATTEMPTS`].
//! While the database is away no attempt is spent, for there is nowhere to note it.

pub mod backoff;
mod consumers;
mod log;
mod outcome;
mod retries;

pub use consumers::{Attempt, Consumers};
pub use log::log_delivery;
pub use retries::RetryDelivery;

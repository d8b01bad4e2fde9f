//! HTTP's manners: bodies, conditions, repetitions, answers, limits, and the server itself.

pub mod accept;
pub mod answer;
pub mod body;
pub mod condition;
mod connection;
pub mod health;
pub mod idempotency;
pub mod layers;
mod pieces;
pub mod server;
mod unread;

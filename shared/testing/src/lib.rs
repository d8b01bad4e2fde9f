//! What tests stand on: a real database of their own, a clock they move, functions served in memory, and builders of
//! what people send. A dev-dependency only, so it says what went wrong by panicking.

mod app;
mod away;
mod body;
mod bulk;
mod client;
mod conformity;
mod database;
mod events;
mod eventually;
mod held;
pub mod issuer;
mod others;
mod processes;
pub mod server;
mod template;
pub mod versions;
mod world;

pub use app::{TestApp, instant};
pub use body::TaskBody;
pub use bulk::{deliver_in_bulk, dice};
pub use client::{Client, Reply, event};
pub use conformity::check_event;
pub use database::{TestDatabase, database};
pub use events::check_events;
pub use eventually::eventually;
pub use others::SOMEBODY_ELSE;
pub use processes::{binary, own_address};
pub use world::World;

//! A checker of what must hold whatever is killed. In each round people work through the gateway while a schedule, made of a
//! seed, kills, pauses and starts again any part, empties the connection pools and moves the functions' clock; what was
//! acknowledged is written down. When all is quiet, [`check`] compares that with the database, Kafka and what people see.

pub mod check;
pub mod clock;
pub mod disturbed;
pub mod follower;
pub mod history;
pub mod observe;
pub mod people;
pub mod quiet;
pub mod round;
pub mod schedule;

pub use round::{Outcome, Stage, round};

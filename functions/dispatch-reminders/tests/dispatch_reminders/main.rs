//! The dispatcher against a real database, at times that the tests set.

mod early;
mod outage;
mod repair;
mod sharing;
mod support;

//! Each repair, of data that is broken first.

mod awaited;
mod forgotten;
mod support;
mod zones;

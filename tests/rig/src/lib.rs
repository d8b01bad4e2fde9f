//! What production has around the functions, on one machine and without containers: for tests of what only the real
//! servers can show.

pub mod kafka;
pub mod topics;

//! What only the real servers show.

mod dead_letters;
mod operator;
mod process;
mod relay;
mod security;
mod support;
mod takeover;

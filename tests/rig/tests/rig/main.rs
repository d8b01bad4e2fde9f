//! What only the real servers show.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; clippy.toml excuses only the tests themselves"
)]

mod dead_letters;
mod delivery;
mod ends;
mod given_up;
mod gone_through;
mod operator;
mod process;
mod produced;
mod relay;
mod said;
mod scaling;
mod security;
mod shared;
mod support;
mod takeover;
mod topics;

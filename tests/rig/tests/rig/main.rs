//! What only the real servers show.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; clippy.toml excuses only the tests themselves"
)]

mod delivery;
mod ends;
mod gone_through;
mod produced;
mod relay;
mod scaling;
mod shared;
mod support;

//! Real servers in real folders, killed and confused in every way that happens on a laptop.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; clippy.toml excuses only the tests themselves"
)]

mod folders;
mod lifetime;
mod owner;
mod refusals;
mod support;

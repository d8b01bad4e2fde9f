//! What only the real servers show.

mod dead_letters;
mod operator;
mod relay;
mod support;

//! What only the real servers show.

mod relay;
mod support;

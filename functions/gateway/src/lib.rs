//! The one public address: every request of `/v1` is counted, its token verified, and handed on to the function that the
//! table of routes names, each a process of its own.

mod address;
mod admit;
mod answer;
mod breaker;
mod forward;
mod limits;
mod request;
mod router;
pub mod routes;
mod serve;
pub mod settings;
mod upload;
mod upstream;

pub use router::Gateway;
pub use serve::serve;
pub use settings::Settings;

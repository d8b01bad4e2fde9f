//! What every function stands on: how it is described, served and configured, who is asking, how bad input and
//! failures are answered, what time it is. Nothing here knows what a task may do.

pub mod app;
pub mod backlog;
pub mod clock;
pub mod command;
pub mod configuration;
pub mod cursor;
pub mod event_endpoint;
pub mod function;
pub mod http;
pub mod identity;
pub mod input;
pub mod log_follower;
pub mod problem;
pub mod run;
pub mod shutdown;
pub mod telemetry;
pub mod trace_context;

pub use app::{App, Nudge};
pub use clock::{Clock, TestClock};
pub use event_endpoint::EventError;
pub use function::{Function, Work};
pub use identity::Caller;
pub use problem::Problem;
pub use run::{run, run_job, run_stateless};
pub use tokio_util::sync::CancellationToken;
pub use trace_context::TraceContext;

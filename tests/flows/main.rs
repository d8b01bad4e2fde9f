//! The whole system, black box: processes that are started, asked over HTTP, stopped and killed.

mod alone;
mod api;
mod events;
mod gateway;
mod in_process;
mod killed;
mod private;
mod refusals;
mod running;
mod tokens;
mod two;

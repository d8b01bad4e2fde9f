//! The whole system, black box: processes that are started, asked over HTTP, stopped and killed.

mod alone;
mod events;
mod gateway;
mod gone_through;
mod in_process;
mod killed;
mod private;
mod refusals;
mod running;
mod serving;
mod tokens;
mod two;

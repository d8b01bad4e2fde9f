//! The gateway over real sockets, in front of functions that do what each test needs.

mod answers;
mod functions;
mod headers;
mod limits;
mod pages;
mod redis;
mod refusals;
mod smuggling;
mod starts;
mod streams;
mod support;
mod tokens;

//! What every function stands on, tried from outside: in memory, against a real database, and over real sockets.

mod connections;
mod events;
mod failures;
mod health;
mod identity;
mod log_follower;
mod requests;
mod server;
mod shutdown;
mod tenants;
mod traces;

use axum::Router;
use runtime::{http::layers, identity::Authentication};
use testing::Client;

/// A client of `routes`, surrounded as every function's are.
fn surrounded(routes: Router) -> Client {
    Client::new(layers::surround(routes, Authentication::LocalUser))
}

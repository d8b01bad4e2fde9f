//! In-process delivery to functions made for it, and the operator's commands.

mod attributes;
mod held;
mod kinds;
mod leases;
mod limits;
mod operator;
mod outages;
mod poison;
mod process;
mod repeated;
mod retries;
mod routes;
mod support;
mod tenants;
mod token;
mod walk;

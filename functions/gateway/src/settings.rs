//! What the gateway reads of its environment, beside what every function reads.

mod values;

use std::{collections::BTreeMap, num::NonZeroU32};

use http::HeaderValue;
use ipnet::IpNet;
use runtime::configuration::{ConfigurationError, Environment};

use crate::routes;

const TEMPLATE: &str = "FUNCTIONS_URL";

/// What the gateway reads of its environment.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `FUNCTION_<NAME>_URL`, such as `FUNCTION_CREATE_TASK_URL`: where a function is. `FUNCTIONS_URL` says it for all
    /// that have none of their own, `{name}` standing for the function's name.
    pub functions: BTreeMap<&'static str, FunctionAddress>,
    /// `RATE_LIMIT_PER_MINUTE`: how many requests a user may make in a minute, 1 to 1 000 000; 600.
    pub rate_limit: NonZeroU32,
    /// `REDIS_URL`: where what users and addresses have left is shared with other gateways; each counts by itself
    /// without.
    pub redis: Option<redis::Client>,
    /// `CORS_ALLOWED_ORIGINS`: the origins whose pages may ask, commas between them; none.
    pub origins: Vec<HeaderValue>,
    /// `TRUSTED_PROXIES`: the networks of proxies in front, whose `X-Forwarded-For` is believed, commas between them;
    /// none.
    pub trusted_proxies: Vec<IpNet>,
}

/// Where a function is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionAddress {
    /// Its host and port.
    pub authority: http::uri::Authority,
    /// Whether it is spoken to by HTTP/2, known to be understood beforehand, and not by HTTP/1.1.
    pub is_http2: bool,
}

impl Settings {
    /// Reads the settings from the variables that `lookup` finds.
    ///
    /// # Errors
    /// Every malformed value and every function without an address, in one line.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigurationError> {
        let mut environment = Environment::new(lookup);
        let settings = Self {
            functions: functions(&mut environment),
            rate_limit: environment
                .read("RATE_LIMIT_PER_MINUTE", values::rate_limit)
                .unwrap_or(const { NonZeroU32::new(600).expect("it is not 0") }),
            redis: environment.read("REDIS_URL", values::redis),
            origins: environment
                .read("CORS_ALLOWED_ORIGINS", values::origins)
                .unwrap_or_default(),
            trusted_proxies: environment
                .read("TRUSTED_PROXIES", values::networks)
                .unwrap_or_default(),
        };
        environment.finish(settings)
    }
}

/// Where each function is. The template is read for each function, but a fault in it is one fault.
fn functions<L>(environment: &mut Environment<L>) -> BTreeMap<&'static str, FunctionAddress>
where
    L: Fn(&str) -> Option<String>,
{
    let template = environment.read(TEMPLATE, values::template);
    let (mut addresses, mut missing) = (BTreeMap::new(), Vec::new());
    for name in routes::functions() {
        let variable = variable(name);
        let own = environment.read(&variable, values::address);
        let has_own = environment.is_set(&variable);
        match own.or_else(|| template.as_ref()?.address_of(name)) {
            Some(address) => drop(addresses.insert(name, address)),
            None if !has_own => missing.push(variable),
            None => {}
        }
    }
    if !missing.is_empty() && !environment.is_set(TEMPLATE) {
        let (are, each) = if missing.len() == 1 {
            ("is", "it")
        } else {
            ("are", "each")
        };
        environment.refuse(format!(
            "{} {are} missing: {each} says where a function is, as http://host:port; {TEMPLATE} says it for all that have \
             none, as http://{{name}}.dormouse.svc.cluster.local",
            missing.join(", ")
        ));
    }
    addresses
}

fn variable(name: &str) -> String {
    format!("FUNCTION_{}_URL", name.to_ascii_uppercase().replace('-', "_"))
}

#[cfg(test)]
mod tests;

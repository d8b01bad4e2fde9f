//! What the gateway reads of its environment, beside what every function reads.

mod values;

use std::{collections::BTreeMap, num::NonZeroU32};

use http::HeaderValue;
use ipnet::IpNet;
use runtime::configuration::{ConfigurationError, Environment, FunctionAddress};

use crate::routes;

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

impl Settings {
    /// Reads the settings from the variables that `lookup` finds.
    ///
    /// # Errors
    /// Every malformed value and every function without an address, in one line.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigurationError> {
        let mut environment = Environment::new(lookup);
        let settings = Self {
            functions: environment.functions(routes::functions()),
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

#[cfg(test)]
mod tests;

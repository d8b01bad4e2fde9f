//! The values of variables, and what would be right where they are not. Values that may hold a password are left out.

use std::{net::IpAddr, num::NonZeroU32};

use http::{HeaderValue, Uri};
use ipnet::IpNet;

const MOST_REQUESTS: u32 = 1_000_000;

pub(super) fn rate_limit(text: &str) -> Result<NonZeroU32, String> {
    let number = text.parse::<NonZeroU32>().ok();
    number
        .filter(|number| number.get() <= MOST_REQUESTS)
        .ok_or_else(|| format!("is {text:?}: must be a whole number from 1 to {MOST_REQUESTS}"))
}

pub(super) fn redis(text: &str) -> Result<redis::Client, String> {
    redis::Client::open(text).map_err(|_| {
        "must be a URL such as redis://user:password@host:6379/0 or unix:///run/redis.sock; TLS is not spoken"
            .to_owned()
    })
}

pub(super) fn origins(text: &str) -> Result<Vec<HeaderValue>, String> {
    text.split(',').map(str::trim).map(origin).collect()
}

/// An origin as browsers write it, so that comparing texts is enough (RFC 6454 §6.1).
fn origin(text: &str) -> Result<HeaderValue, String> {
    let uri = text.parse::<Uri>().ok();
    let is_origin = uri.is_some_and(|uri| {
        let written = |scheme| uri.authority().map(|authority| format!("{scheme}://{authority}"));
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        let is_plain = text == text.to_ascii_lowercase() && !text.contains(['@', '*']);
        is_web && is_plain && uri.scheme_str().and_then(written).as_deref() == Some(text)
    });
    let value = HeaderValue::from_str(text).ok().filter(|_| is_origin);
    value.ok_or_else(|| {
        format!(
            "has {text:?}: must be origins such as https://app.example, in lower case, without a path, commas between"
        )
    })
}

pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    text.split(',').map(str::trim).map(network).collect()
}

fn network(text: &str) -> Result<IpNet, String> {
    let one = || text.parse::<IpAddr>().map(IpNet::from);
    // Addresses are compared as what they are, and so would match none that is written as a mapped one.
    let is_plain = |network: &IpNet| match network.addr() {
        IpAddr::V4(_) => true,
        IpAddr::V6(address) => address.to_ipv4_mapped().is_none(),
    };
    let network = text.parse::<IpNet>().or_else(|_| one()).ok();
    network
        .filter(is_plain)
        .ok_or_else(|| format!("has {text:?}: must be networks such as 10.0.0.0/8 or fd00::/8, commas between"))
}

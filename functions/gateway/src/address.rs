//! Where a request comes from: the peer, unless that is a proxy of ours, which says so. What others say is not believed.

use std::net::IpAddr;

use http::HeaderMap;
use ipnet::{IpNet, Ipv6Net};

pub(crate) const FORWARDED_FOR: &str = "x-forwarded-for";
pub(crate) const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Client {
    /// The nearest address that is no proxy's.
    pub(crate) address: IpAddr,
    /// Whether it came by TLS, as a proxy of ours says.
    pub(crate) is_https: bool,
}

impl Client {
    /// The client of a request that `peer` sent. Each proxy appends whom it heard: read from the end, the list is true as
    /// far as our proxies reach, and what lies before them anybody may have written.
    pub(crate) fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
        let mut address = peer.to_canonical();
        if !is_trusted(&address) {
            return Self {
                address,
                is_https: false,
            };
        }
        let listed: Vec<&str> = texts(headers, FORWARDED_FOR).flat_map(|list| list.split(',')).collect();
        for entry in listed.into_iter().rev() {
            let Some(heard) = address_in(entry.trim()) else {
                break;
            };
            address = heard.to_canonical();
            if !is_trusted(&address) {
                break;
            }
        }
        let is_https = texts(headers, FORWARDED_PROTO).last() == Some("https");
        Self { address, is_https }
    }

    /// Whom it shares its share of requests with: a subscriber has a /64 of IPv6 at least, and so any number of addresses.
    pub(crate) fn network(&self) -> IpNet {
        match self.address {
            IpAddr::V4(_) => self.address.into(),
            IpAddr::V6(address) => Ipv6Net::new_assert(address, 64).trunc().into(),
        }
    }
}

fn texts<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).iter();
    values.map(|value| value.to_str().unwrap_or("unreadable"))
}

/// An address, as some proxies write it with its port.
fn address_in(entry: &str) -> Option<IpAddr> {
    let with_port = || entry.parse::<std::net::SocketAddr>().map(|address| address.ip());
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    bare.parse().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for list in forwarded {
            headers.append(FORWARDED_FOR, list.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        Client::of(peer.parse().unwrap(), &headers, &trusted)
            .address
            .to_string()
    }

    #[test]
    fn strangers_are_not_believed() {
        assert_eq!(client("192.0.2.1", &["203.0.113.9"], &[]), "192.0.2.1");
        assert_eq!(client("192.0.2.1", &["203.0.113.9"], &["10.0.0.0/8"]), "192.0.2.1");
    }

    #[test]
    fn proxies_of_ours_are_believed_as_far_as_they_reach() {
        let ours = ["10.0.0.0/8", "fd00::/8"];
        assert_eq!(client("10.0.0.1", &["203.0.113.9"], &ours), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["1.1.1.1, 203.0.113.9"], &ours), "203.0.113.9");
        assert_eq!(
            client("10.0.0.1", &["1.1.1.1", "203.0.113.9, 10.0.0.7"], &ours),
            "203.0.113.9"
        );
        assert_eq!(client("fd00::1", &["2001:db8::1"], &ours), "2001:db8::1");
        assert_eq!(client("::ffff:10.0.0.1", &["203.0.113.9:4711"], &ours), "203.0.113.9");
        let mapped = ["203.0.113.9, ::ffff:10.0.0.7"];
        assert_eq!(client("10.0.0.1", &mapped, &ours), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]:4711"], &ours), "2001:db8::1");
    }

    #[test]
    fn unreadable_entry_ends_the_belief() {
        let ours = ["10.0.0.0/8"];
        assert_eq!(
            client("10.0.0.1", &["203.0.113.9, unknown, 10.0.0.7"], &ours),
            "10.0.0.7"
        );
        assert_eq!(client("10.0.0.1", &[], &ours), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["203.0.113.9,"], &ours), "10.0.0.1");
    }

    #[test]
    fn subscriber_of_ipv6_is_one_client() {
        let network = |address: &str| Client::of(address.parse().unwrap(), &HeaderMap::new(), &[]).network();
        assert_eq!(network("2001:db8:0:1::1"), network("2001:db8:0:1:ffff::2"));
        assert_ne!(network("2001:db8:0:1::1"), network("2001:db8:0:2::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }

    #[test]
    fn only_a_proxy_of_ours_says_that_a_client_came_by_tls() {
        let headers = HeaderMap::from_iter([("x-forwarded-proto".parse().unwrap(), "https".parse().unwrap())]);
        let peer = "10.0.0.1".parse().unwrap();
        assert!(!Client::of(peer, &headers, &[]).is_https);
        assert!(Client::of(peer, &headers, &["10.0.0.0/8".parse().unwrap()]).is_https);
    }
}

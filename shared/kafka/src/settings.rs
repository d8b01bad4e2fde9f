//! Where Kafka is, and how it is spoken to.

use std::path::PathBuf;

use rdkafka::ClientConfig;
use runtime::configuration::{ConfigurationError, Environment};

const SERVERS: &str = "KAFKA_BOOTSTRAP_SERVERS";
/// All that is read.
const VARIABLES: [&str; 6] = [
    SERVERS,
    "KAFKA_SECURITY_PROTOCOL",
    "KAFKA_SASL_MECHANISM",
    "KAFKA_SASL_USERNAME",
    "KAFKA_SASL_PASSWORD",
    "KAFKA_CA_FILE",
];

/// Where Kafka is, and how it is spoken to.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// `KAFKA_BOOTSTRAP_SERVERS`: some of the brokers, as `host:port,host:port`.
    bootstrap_servers: String,
    /// `KAFKA_SECURITY_PROTOCOL`: `PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`; `PLAINTEXT`.
    security_protocol: Protocol,
    /// Who this is, where the protocol asks for it.
    credentials: Option<Credentials>,
    /// `KAFKA_CA_FILE`: the authorities that brokers' certificates are of; the system's when absent.
    ca_file: Option<PathBuf>,
}

#[derive(Clone, PartialEq, Eq)]
struct Credentials {
    /// `KAFKA_SASL_MECHANISM`: `SCRAM-SHA-256`, `SCRAM-SHA-512` or `PLAIN`; `SCRAM-SHA-256`.
    mechanism: String,
    /// `KAFKA_SASL_USERNAME`.
    username: String,
    /// `KAFKA_SASL_PASSWORD`.
    password: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Protocol {
    #[default]
    Plaintext,
    Ssl,
    SaslPlaintext,
    SaslSsl,
}

impl Settings {
    /// Reads them from the variables that `lookup` finds.
    ///
    /// # Errors
    /// Every variable that is missing or malformed, and what would be right.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigurationError> {
        let mut environment = Environment::new(lookup);
        let bootstrap_servers = environment.read(SERVERS, servers);
        if bootstrap_servers.is_none() && !environment.is_set(SERVERS) {
            environment.refuse(format!("{SERVERS} is missing: it says where Kafka is, as host:9092"));
        }
        let known = environment.read("KAFKA_SECURITY_PROTOCOL", protocol);
        let security_protocol = known.unwrap_or_default();
        let credentials = credentials(&mut environment, security_protocol);
        let ca_file = environment.read("KAFKA_CA_FILE", |path| Ok(PathBuf::from(path)));
        // Of a protocol that cannot be read, nothing is known.
        if known.is_some() || !environment.is_set("KAFKA_SECURITY_PROTOCOL") {
            refuse_unfit(&mut environment, security_protocol);
        }
        environment.finish(Self {
            bootstrap_servers: bootstrap_servers.unwrap_or_default(),
            security_protocol,
            credentials,
            ca_file,
        })
    }

    /// As [`Settings::read`]; none where none of the variables is set.
    ///
    /// # Errors
    /// As [`Settings::read`].
    pub fn read_if_set(lookup: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ConfigurationError> {
        if VARIABLES
            .iter()
            .all(|name| lookup(name).is_none_or(|value| value.is_empty()))
        {
            return Ok(None);
        }
        Self::read(lookup).map(Some)
    }

    /// What any client of librdkafka is told.
    pub(crate) fn client(&self) -> ClientConfig {
        let mut client = ClientConfig::new();
        client
            .set("client.id", "dormouse")
            .set("bootstrap.servers", &self.bootstrap_servers)
            .set("security.protocol", self.security_protocol.as_str())
            // A topic is created as this project says, or not at all: by the brokers' defaults it would have one partition.
            .set("allow.auto.create.topics", "false");
        if let Some(credentials) = &self.credentials {
            client
                .set("sasl.mechanism", &credentials.mechanism)
                .set("sasl.username", &credentials.username)
                .set("sasl.password", &credentials.password);
        }
        if let Some(file) = &self.ca_file {
            client.set("ssl.ca.location", file.to_string_lossy());
        }
        client
    }
}

impl Protocol {
    const ALL: [Self; 4] = [Self::Plaintext, Self::Ssl, Self::SaslPlaintext, Self::SaslSsl];

    fn as_str(self) -> &'static str {
        match self {
            Self::Plaintext => "PLAINTEXT",
            Self::Ssl => "SSL",
            Self::SaslPlaintext => "SASL_PLAINTEXT",
            Self::SaslSsl => "SASL_SSL",
        }
    }

    fn asks_who(self) -> bool {
        matches!(self, Self::SaslPlaintext | Self::SaslSsl)
    }

    fn is_encrypted(self) -> bool {
        matches!(self, Self::Ssl | Self::SaslSsl)
    }
}

fn credentials<L: Fn(&str) -> Option<String>>(
    environment: &mut Environment<L>,
    protocol: Protocol,
) -> Option<Credentials> {
    let given = |text: &str| Ok(text.to_owned());
    let credentials = Credentials {
        mechanism: environment
            .read("KAFKA_SASL_MECHANISM", mechanism)
            .unwrap_or_else(|| "SCRAM-SHA-256".to_owned()),
        username: environment.read("KAFKA_SASL_USERNAME", given).unwrap_or_default(),
        password: environment.read("KAFKA_SASL_PASSWORD", given).unwrap_or_default(),
    };
    protocol.asks_who().then_some(credentials)
}

/// Refuses what `protocol` asks for and is missing, and what it would not use: who set that meant another.
fn refuse_unfit<L: Fn(&str) -> Option<String>>(environment: &mut Environment<L>, protocol: Protocol) {
    for name in ["KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"] {
        if protocol.asks_who() && !environment.is_set(name) {
            environment.refuse(format!("{name} is missing, which {} asks for", protocol.as_str()));
        }
    }
    const SASL: &str = "SASL_SSL or SASL_PLAINTEXT";
    for (name, is_used, used_by) in [
        ("KAFKA_SASL_MECHANISM", protocol.asks_who(), SASL),
        ("KAFKA_SASL_USERNAME", protocol.asks_who(), SASL),
        ("KAFKA_SASL_PASSWORD", protocol.asks_who(), SASL),
        ("KAFKA_CA_FILE", protocol.is_encrypted(), "SSL or SASL_SSL"),
    ] {
        if environment.is_set(name) && !is_used {
            let protocol = protocol.as_str();
            environment.refuse(format!(
                "{name} is set, which {protocol} would not use: KAFKA_SECURITY_PROTOCOL must be {used_by}"
            ));
        }
    }
}

fn servers(text: &str) -> Result<String, String> {
    let is_server = |server: &str| {
        let place = server.trim().rsplit_once(':');
        place.is_some_and(|(host, port)| is_host(host) && port.parse::<u16>().is_ok_and(|port| port > 0))
    };
    if text.split(',').all(is_server) {
        Ok(text.to_owned())
    } else {
        Err(format!("is {text:?}: must be brokers as host:9092,host:9092"))
    }
}

/// A name, an IPv4 address, or an IPv6 address in brackets.
fn is_host(text: &str) -> bool {
    let is_named = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    let address = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    is_named || address.is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok())
}

fn protocol(text: &str) -> Result<Protocol, String> {
    let mut all = Protocol::ALL.into_iter();
    all.find(|protocol| protocol.as_str() == text).ok_or_else(|| {
        format!(
            "is {text:?}: must be one of {}",
            Protocol::ALL.map(Protocol::as_str).join(", ")
        )
    })
}

fn mechanism(text: &str) -> Result<String, String> {
    const KNOWN: [&str; 3] = ["SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"];
    if KNOWN.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(format!("is {text:?}: must be one of {}", KNOWN.join(", ")))
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("bootstrap_servers", &self.bootstrap_servers)
            .field("security_protocol", &self.security_protocol)
            .field(
                "username",
                &self.credentials.as_ref().map(|credentials| &credentials.username),
            )
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

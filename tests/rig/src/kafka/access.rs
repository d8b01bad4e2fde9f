//! Who may speak to a broker, and how.

use std::{collections::BTreeMap, net::SocketAddr, path::Path};

/// Who may speak to a broker, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, in the clear.
    Anybody,
    /// [`USER`] with [`PASSWORD`], by SCRAM-SHA-256.
    Scram,
    /// The same over TLS, as a hosted Kafka has it.
    ScramOverTls,
}

/// Whom a broker knows that does not take anybody.
pub const USER: &str = "dormouse";
/// That user's password.
pub const PASSWORD: &str = "acorns-and-hazelnuts";

impl Access {
    /// What those who speak to the broker read of their environment.
    pub(super) fn variables(self, address: SocketAddr, authority: &Path) -> BTreeMap<&'static str, String> {
        let mut variables = BTreeMap::from([
            ("KAFKA_BOOTSTRAP_SERVERS", address.to_string()),
            ("KAFKA_SECURITY_PROTOCOL", self.protocol().to_owned()),
        ]);
        if self != Self::Anybody {
            variables.insert("KAFKA_SASL_USERNAME", USER.to_owned());
            variables.insert("KAFKA_SASL_PASSWORD", PASSWORD.to_owned());
        }
        if self == Self::ScramOverTls {
            variables.insert("KAFKA_CA_FILE", authority.display().to_string());
        }
        variables
    }

    /// What prepares a broker's folder for its users.
    pub(super) fn arguments(self) -> Vec<String> {
        let scram = || format!("SCRAM-SHA-256=[name={USER},password={PASSWORD}]");
        match self {
            Self::Anybody => Vec::new(),
            Self::Scram | Self::ScramOverTls => vec!["--add-scram".to_owned(), scram()],
        }
    }

    /// The broker's settings. Its own connections to itself are as those of its clients.
    pub(super) fn properties(self, identity: &Path, authority: &Path) -> String {
        let mut properties = format!(
            "listener.security.protocol.map=CLIENT:{protocol},CONTROLLER:PLAINTEXT\n\
             sasl.enabled.mechanisms=SCRAM-SHA-256\n\
             sasl.mechanism.inter.broker.protocol=SCRAM-SHA-256\n\
             listener.name.client.scram-sha-256.sasl.jaas.config=\
             org.apache.kafka.common.security.scram.ScramLoginModule \
             required username=\"{USER}\" password=\"{PASSWORD}\";\n",
            protocol = self.protocol()
        );
        if self == Self::ScramOverTls {
            properties += &format!(
                "ssl.keystore.type=PEM\n\
                 ssl.keystore.location={identity}\n\
                 ssl.truststore.type=PEM\n\
                 ssl.truststore.location={authority}\n",
                identity = identity.display(),
                authority = authority.display()
            );
        }
        properties
    }

    fn protocol(self) -> &'static str {
        match self {
            Self::Anybody => "PLAINTEXT",
            Self::Scram => "SASL_PLAINTEXT",
            Self::ScramOverTls => "SASL_SSL",
        }
    }
}

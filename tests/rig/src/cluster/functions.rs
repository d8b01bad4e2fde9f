//! The functions' deployments.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use kafka::topics::CONSUMERS;
use runtime::configuration::function_variable;
use testing::{issuer, own_address};

use super::Settings;
use crate::{
    deployment::Deployment, kafka::Kafka, knative::contract::Addresses, manifest::KafkaSource, postgres::Postgres,
};

/// What works by itself, and is started by the scaler.
pub const WORKERS: [&str; 2] = ["dispatch-reminders", "relay-log"];
/// Another process of each worker, where [`Settings::has_second_workers`], and whose it is.
pub const SECOND_WORKERS: [(&str, &str); 2] = [
    ("dispatch-reminders-2", "dispatch-reminders"),
    ("relay-log-2", "relay-log"),
];

/// Every function but the gateway.
pub fn names() -> impl Iterator<Item = &'static str> {
    gateway::routes::functions().into_iter().chain(CONSUMERS).chain(WORKERS)
}

/// Whether `name` is a worker's process, and asked by nobody.
pub(super) fn is_worker(name: &str) -> bool {
    WORKERS.contains(&name) || SECOND_WORKERS.iter().any(|(second, _)| *second == name)
}

/// What every function finds in its environment.
pub(super) fn environment(
    settings: &Settings,
    postgres: &Postgres,
    kafka: &Kafka,
    folder: &Path,
) -> anyhow::Result<BTreeMap<String, String>> {
    let mut environment = settings.environment.clone();
    let mut set = |name: &str, value: &str| drop(environment.insert(name.to_owned(), value.to_owned()));
    set("DATABASE_URL", postgres.url());
    set("KAFKA_BOOTSTRAP_SERVERS", &kafka.address().to_string());
    if settings.has_users {
        let keys = folder.join("jwks.json");
        std::fs::write(&keys, issuer::key().to_key_set_json())?;
        set("AUTH_JWKS_FILE", &keys.display().to_string());
        set("AUTH_ISSUER", issuer::ISSUER);
        set("AUTH_AUDIENCE", issuer::AUDIENCE);
    }
    Ok(environment)
}

/// The deployments of every function but the gateway.
pub(super) fn functions(
    sources: &BTreeMap<String, KafkaSource>,
    settings: &Settings,
    environment: &BTreeMap<String, String>,
    logs: &Path,
) -> anyhow::Result<BTreeMap<&'static str, Arc<Deployment>>> {
    for source in sources.values() {
        let name = &source.sink.reference.name;
        anyhow::ensure!(CONSUMERS.contains(&name.as_str()), "there is no function {name}");
    }
    let seconds = SECOND_WORKERS.into_iter().filter(|_| settings.has_second_workers);
    let names = names().map(|name| (name, name)).chain(seconds);
    let deployment = |(name, function)| {
        let binary = settings.instead.get(function).copied().unwrap_or(function);
        let deployment = Deployment::new(name, binary, environment.clone(), logs);
        (name, Arc::new(deployment))
    };
    Ok(names.map(deployment).collect())
}

/// The gateway, which always has a process.
pub(super) fn gateway(addresses: &Addresses, environment: &BTreeMap<String, String>, logs: &Path) -> Deployment {
    let mut environment = environment.clone();
    for (name, address) in &addresses.functions {
        environment.insert(function_variable(name), format!("http://{address}"));
    }
    environment.insert("PORT".to_owned(), own_address().port().to_string());
    environment.insert("RATE_LIMIT_PER_MINUTE".to_owned(), "1000000".to_owned());
    Deployment::new("gateway", "gateway", environment, logs)
}

use super::*;

fn read(variables: &[(&str, &str)]) -> Result<Settings, String> {
    let lookup = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    Settings::read(lookup).map_err(|error| error.to_string())
}

#[test]
fn brokers_alone_are_enough() {
    let client = read(&[("KAFKA_BOOTSTRAP_SERVERS", "one:9092, two:9092")])
        .unwrap()
        .client();
    assert_eq!(client.get("security.protocol"), Some("PLAINTEXT"));
    assert_eq!(client.get("sasl.mechanism"), None);
}

#[test]
fn all_that_a_hosted_kafka_asks_for_is_said_to_it_and_no_password_is_shown() {
    let settings = read(&[
        ("KAFKA_BOOTSTRAP_SERVERS", "seed.example:9092"),
        ("KAFKA_SECURITY_PROTOCOL", "SASL_SSL"),
        ("KAFKA_SASL_MECHANISM", "SCRAM-SHA-512"),
        ("KAFKA_SASL_USERNAME", "ann"),
        ("KAFKA_SASL_PASSWORD", "secret"),
        ("KAFKA_CA_FILE", "/ca.pem"),
    ])
    .unwrap();
    let client = settings.client();
    for (name, value) in [
        ("security.protocol", "SASL_SSL"),
        ("sasl.mechanism", "SCRAM-SHA-512"),
        ("sasl.username", "ann"),
        ("sasl.password", "secret"),
        ("ssl.ca.location", "/ca.pem"),
    ] {
        assert_eq!(client.get(name), Some(value), "{name}");
    }
    assert!(!format!("{settings:?}").contains("secret"));
}

#[test]
fn all_faults_are_named_at_once() {
    let text = read(&[
        ("KAFKA_SECURITY_PROTOCOL", "sasl"),
        ("KAFKA_SASL_MECHANISM", "GSSAPI"),
        ("KAFKA_SASL_PASSWORD", "secret"),
    ])
    .unwrap_err();
    for fault in [
        "KAFKA_BOOTSTRAP_SERVERS is missing",
        r#"KAFKA_SECURITY_PROTOCOL is "sasl": must be one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL"#,
        r#"KAFKA_SASL_MECHANISM is "GSSAPI": must be one of SCRAM-SHA-256, SCRAM-SHA-512, PLAIN"#,
    ] {
        assert!(text.contains(fault), "{text}");
    }
    assert!(!text.contains("secret") && !text.contains("would not use"), "{text}");
    for servers in [
        "",
        "host",
        "host:",
        ":9092",
        "host:0",
        "a:1,,b:2",
        "http://host:9092",
        "a b:1",
        "::1:9092",
    ] {
        assert!(read(&[("KAFKA_BOOTSTRAP_SERVERS", servers)]).is_err(), "{servers:?}");
    }
    for servers in ["kafka-0.kafka.svc.cluster.local:9092", "127.0.0.1:1,[::1]:65535"] {
        assert!(read(&[("KAFKA_BOOTSTRAP_SERVERS", servers)]).is_ok(), "{servers:?}");
    }
}

#[test]
fn what_the_protocol_would_not_use_is_refused() {
    let brokers = ("KAFKA_BOOTSTRAP_SERVERS", "host:9092");
    let unused = [
        ("KAFKA_SASL_MECHANISM", "PLAIN"),
        ("KAFKA_SASL_USERNAME", "ann"),
        ("KAFKA_SASL_PASSWORD", "secret"),
        ("KAFKA_CA_FILE", "/ca.pem"),
    ];
    for (name, value) in unused {
        let text = read(&[brokers, (name, value)]).unwrap_err();
        assert!(
            text.contains(&format!("{name} is set, which PLAINTEXT would not use")),
            "{text}"
        );
    }
    let encrypted = [
        brokers,
        ("KAFKA_SECURITY_PROTOCOL", "SSL"),
        ("KAFKA_CA_FILE", "/ca.pem"),
    ];
    assert!(read(&encrypted).is_ok());
}

#[test]
fn they_are_absent_only_where_nothing_is_said_of_kafka() {
    assert_eq!(Settings::read_if_set(|_| None).unwrap(), None);
    for name in &VARIABLES[1..] {
        let lookup = |asked: &str| (asked == *name).then(|| "said".to_owned());
        assert!(Settings::read_if_set(lookup).is_err(), "{name}");
    }
}

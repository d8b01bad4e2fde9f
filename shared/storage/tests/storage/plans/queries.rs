//! Every query there is, with sample parameters.

use std::{fs, path::Path};

use serde::Deserialize;

/// A query, the types of its parameters, and values for them.
pub(super) struct Query {
    pub(super) text: String,
    pub(super) types: Vec<String>,
    pub(super) values: Vec<String>,
}

#[derive(Deserialize)]
struct Prepared {
    query: String,
    describe: Describe,
}

#[derive(Deserialize)]
struct Describe {
    parameters: Parameters,
}

#[derive(Deserialize)]
struct Parameters {
    #[serde(rename = "Left")]
    kinds: Vec<String>,
}

/// SQL types by the driver's names, each with a value. Every user is the one who has a hundred thousand tasks.
const TYPES: [(&str, &str, &str); 11] = [
    ("Uuid", "uuid", "'00000001-0000-4000-8000-000000000000'"),
    // Whatever a text is read as: a key, JSON, or an instant.
    ("Text", "text", "'20261123'"),
    ("Int8", "bigint", "50"),
    ("Timestamptz", "timestamptz", "'2026-11-23T08:00:00Z'"),
    ("Int4", "integer", "1"),
    ("Int2", "smallint", "1"),
    ("Date", "date", "'2026-11-23'"),
    ("Time", "time", "'08:00'"),
    ("Bytea", "bytea", "'\\x00'"),
    ("Bool", "boolean", "true"),
    ("Float8", "double precision", "30"),
];

/// What `cargo sqlx prepare` wrote.
pub(super) fn all() -> Vec<Query> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.sqlx");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let queries: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| query(serde_json::from_slice(&fs::read(path).unwrap()).unwrap()))
        .collect();
    assert!(!queries.is_empty(), "there are no queries in .sqlx");
    queries
}

fn query(prepared: Prepared) -> Query {
    let kinds = prepared.describe.parameters.kinds;
    let (types, values): (Vec<_>, Vec<_>) = kinds.iter().map(|kind| sample(kind)).unzip();
    Query {
        text: prepared.query,
        types,
        values,
    }
}

/// The SQL type of a parameter, and a value of it.
fn sample(kind: &str) -> (String, String) {
    let of = kind.strip_suffix("Array").unwrap_or(kind);
    let (_, sql, value) = TYPES
        .iter()
        .find(|(name, ..)| *name == of)
        .unwrap_or_else(|| panic!("{kind} needs a sample value in TYPES"));
    if of == kind {
        ((*sql).to_owned(), (*value).to_owned())
    } else {
        (format!("{sql}[]"), format!("ARRAY[{value}, {value}, {value}]::{sql}[]"))
    }
}

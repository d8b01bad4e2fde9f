//! The files.

use std::{env, fs, path::PathBuf};

use events::EventType;
use serde_json::Value;

/// A kept event.
pub(crate) struct Sample {
    pub(crate) kind: EventType,
    pub(crate) version: u32,
    /// In structured mode.
    pub(crate) event: Value,
}

/// The samples of `kind`, oldest version first.
pub(crate) fn all(kind: EventType) -> Vec<Sample> {
    let mut samples: Vec<_> = fs::read_dir(folder(kind))
        .expect("each kind has samples")
        .map(|entry| sample(kind, entry.expect("the folder can be read").path()))
        .collect();
    samples.sort_by_key(|sample| sample.version);
    samples
}

/// Keeps `event` as the sample of a version that has none.
pub(crate) fn keep_if_asked(kind: EventType, version: u32, event: &Value) {
    let path = folder(kind).join(format!("{version}.json"));
    if env::var_os("DORMOUSE_KEEP_SAMPLES").is_some() && !path.exists() {
        fs::create_dir_all(folder(kind)).expect("the folder can be made");
        let text = serde_json::to_string_pretty(event).expect("it is JSON");
        fs::write(path, format!("{text}\n")).expect("the sample can be written");
    }
}

fn sample(kind: EventType, path: PathBuf) -> Sample {
    let name = path.file_stem().and_then(|name| name.to_str());
    let text = fs::read_to_string(&path).expect("the sample can be read");
    Sample {
        kind,
        version: name
            .and_then(|name| name.parse().ok())
            .expect("it is named by its version"),
        event: serde_json::from_str(&text).expect("the sample is JSON"),
    }
}

fn folder(kind: EventType) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "samples", kind.as_str()].iter().collect()
}

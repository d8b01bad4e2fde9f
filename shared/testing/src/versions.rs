//! Events of releases before this one and after it.

use std::{fs, path::Path};

use domain::UserId;
use events::EventType;
use serde_json::{Value, json};

/// The kept samples of `kind`, of every version that was ever published, about this user's task.
///
/// # Panics
/// There is none.
#[must_use]
pub fn samples(kind: EventType, user: UserId, task: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/samples");
    let files = fs::read_dir(folder.join(kind.as_str())).expect("the kind has samples");
    let samples = files.map(|file| {
        let text = fs::read_to_string(file.expect("the folder can be read").path());
        let text = text.expect("the sample can be read");
        let mut event: Value = serde_json::from_str(&text).expect("the sample is JSON");
        event["data"]["user_id"] = user.to_string().into();
        event["data"]["task_id"] = task.into();
        event
    });
    let samples: Vec<_> = samples.collect();
    assert!(!samples.is_empty(), "{kind} has no samples");
    samples
}

/// The event as a release may publish it that knows more: members that nobody knows yet at every level, and the next
/// version of its data's schema.
///
/// # Panics
/// It is no event.
#[must_use]
pub fn from_the_future(event: &Value) -> Value {
    let mut event = event.clone();
    add_members(&mut event["data"]);
    event["fromthefuture"] = "x".into();
    let kind = event["type"].as_str().expect("an event has a type");
    event["dataschema"] = format!("urn:dormouse:event:{kind}:2").into();
    event
}

fn add_members(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(add_members);
            members.insert("from_the_future".to_owned(), json!({"x": [1, null]}));
        }
        Value::Array(items) => items.iter_mut().for_each(add_members),
        _ => {}
    }
}

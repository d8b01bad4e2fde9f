//! What one document has that another lacks.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// Where `today` lacks something of `sample`, or has another type there.
pub(crate) fn lacking(sample: &Value, today: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    compare("", sample, today, &mut faults);
    faults
}

fn compare(place: &str, sample: &Value, today: &Value, faults: &mut Vec<String>) {
    if type_of(sample) != type_of(today) {
        faults.push(format!("{place} is {}, was {}", type_of(today), type_of(sample)));
    }
    match (sample, today) {
        (Value::Object(sample), Value::Object(today)) => {
            for (name, value) in sample {
                let place = format!("{place}/{name}");
                match today.get(name) {
                    Some(today) => compare(&place, value, today, faults),
                    None => faults.push(format!("{place} is gone")),
                }
            }
        }
        (Value::Array(sample), Value::Array(today)) => {
            for (index, value) in sample.iter().enumerate() {
                let today = today.get(index).unwrap_or(&Value::Null);
                compare(&format!("{place}/{index}"), value, today, faults);
            }
        }
        _ => {}
    }
}

/// The JSON type, and of text what it is the text of.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
        Value::String(text) if text.parse::<Uuid>().is_ok() => "a UUID",
        Value::String(text) if text.parse::<DateTime<Utc>>().is_ok() => "an instant",
        Value::String(text) if text.parse::<NaiveDateTime>().is_ok() => "a local time",
        Value::String(_) => "a text",
    }
}

mod tests {
    use serde_json::json;

    use super::lacking;

    #[test]
    fn what_is_added_is_nothing_lacking_and_what_is_gone_or_retyped_is() {
        let sample = json!({"a": 1, "b": [{"c": "x"}], "d": null});
        let more = json!({"a": 2, "b": [{"c": "y", "e": 1}, 1], "d": null, "f": {}});
        assert!(lacking(&sample, &more).is_empty());
        for (less, fault) in [
            (json!({"b": [{"c": "x"}], "d": null}), "/a is gone"),
            (
                json!({"a": "1", "b": [{"c": "x"}], "d": null}),
                "/a is a text, was a number",
            ),
            (json!({"a": 1, "b": [{}], "d": null}), "/b/0/c is gone"),
            (json!({"a": 1, "b": [], "d": null}), "/b/0 is null, was an object"),
            (
                json!({"a": 1, "b": [{"c": "2026-11-23T08:00:00Z"}], "d": null}),
                "/b/0/c is an instant, was a text",
            ),
        ] {
            assert_eq!(lacking(&sample, &less), [fault]);
        }
    }
}

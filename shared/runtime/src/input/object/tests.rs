//! What is read of an object, and what is told of its faults.

use super::*;

fn faults(json: &str, read: impl FnOnce(&mut Object)) -> Vec<(String, String)> {
    let mut object = Object::parse(json.as_bytes()).unwrap();
    read(&mut object);
    object
        .faults()
        .into_iter()
        .map(|fault| (fault.pointer, fault.detail))
        .collect()
}

fn fault(pointer: &str, detail: &str) -> (String, String) {
    (pointer.to_owned(), detail.to_owned())
}

#[test]
fn every_fault_is_gathered_with_its_pointer() {
    let found = faults(r#"{"b": 1, "c": [{"d": "x"}, 2], "e/f": 3}"#, |object| {
        object.required("a", str::parse::<u8>);
        object.optional("b", str::parse::<u8>);
        object.objects("c", 5, |item| item.required("d", str::parse::<u8>));
    });
    assert_eq!(
        found,
        [
            fault("/a", "is missing"),
            fault("/b", "must be a string; this is a number"),
            fault("/c/0/d", "invalid digit found in string"),
            fault("/c/1", "must be an object; this is a number"),
            fault("/e~1f", "is not a member that is known here"),
        ]
    );
}

#[test]
fn absent_and_null_are_the_same_for_what_is_optional() {
    let found = faults(r#"{"b": null}"#, |object| {
        assert_eq!(object.optional("a", str::parse::<u8>), None);
        assert_eq!(object.optional("b", str::parse::<u8>), None);
    });
    assert!(found.is_empty());
}

#[test]
fn unreadable_json_is_named_with_its_place() {
    for (json, pointer) in [
        (r#"{"a": {"b": "\ud800"}}"#, "/a/b"),
        (r#"{"a": [0, 1e999]}"#, "/a/1"),
        (r#"{"a": 1, "a": 2}"#, "/a"),
        ("{", ""),
        ("{} x", ""),
    ] {
        let problem = format!("{:?}", Object::parse(json.as_bytes()).unwrap_err());
        assert!(
            problem.contains(&format!("Pointer({pointer:?})")),
            "{json} gives {problem}"
        );
    }
}

#[test]
fn depth_is_limited() {
    let deep = "[".repeat(100_000);
    assert!(Object::parse(deep.as_bytes()).is_err());
}

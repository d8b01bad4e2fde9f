//! Any request is an event or none. What is taken for one has what the specification asks for, and is the same event
//! when it is sent on in structured mode.
//!
//! The input is headers, a line each, an empty line, and a body.
#![no_main]

use cloudevents::{AttributesReader, Event, event::SpecVersion};
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::{Corpus, fuzz_target};
use runtime::event_endpoint;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let end = bytes.windows(2).position(|two| two == b"\n\n");
    let Some((head, body)) = end.map(|end| (&bytes[..end], &bytes[end + 2..])) else {
        return Corpus::Reject;
    };
    let headers: HeaderMap = head.split(|byte| *byte == b'\n').filter_map(header).collect();
    if let Ok(event) = event_endpoint::decode(&headers, body.to_vec().into()) {
        check(&event);
    }
    Corpus::Keep
});

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = HeaderName::from_bytes(&line[..colon]).ok()?;
    let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
    Some((name, value))
}

fn check(event: &Event) {
    assert_eq!(event.specversion(), SpecVersion::V10);
    for attribute in [event.id(), event.source(), event.ty()] {
        assert!(
            !attribute.is_empty() && !attribute.contains(char::is_control),
            "{event}"
        );
    }
    // Headers may name an extension as a member of the JSON format is called.
    if ["data", "data_base64"]
        .iter()
        .any(|name| event.extension(name).is_some())
    {
        return;
    }
    let text = serde_json::to_vec(event).expect("an event can be written");
    let headers = [("content-type", "application/cloudevents+json")];
    let headers = headers.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    let again = event_endpoint::decode(&headers.into_iter().collect(), text.into()).expect("it is an event");
    for (name, value) in event.iter() {
        let other = again
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value.to_string());
        assert_eq!(other, Some(value.to_string()), "{name}");
    }
    assert_eq!(again.data().is_some(), event.data().is_some());
}

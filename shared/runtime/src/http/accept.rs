//! What a client takes (RFC 9110 §12.5.1).

use http::{HeaderMap, header};

const EVENT_STREAM: &str = "text/event-stream";

/// Whether some range of `Accept` covers JSON; a client that names none takes anything.
#[must_use]
pub fn takes_json(headers: &HeaderMap) -> bool {
    let mut ranges = ranges(headers).peekable();
    ranges.peek().is_none()
        || ranges.any(|media| covers_json(&media) || matches!(media.as_str(), "*/*" | "application/*"))
}

/// Whether the client asks for a stream of events by name, as browsers do, and not for JSON by name.
#[must_use]
pub fn wants_event_stream(headers: &HeaderMap) -> bool {
    ranges(headers).any(|media| media == EVENT_STREAM) && !ranges(headers).any(|media| covers_json(&media))
}

/// The ranges of `Accept` that are not refused, in lower case and without their parameters.
fn ranges(headers: &HeaderMap) -> impl Iterator<Item = String> {
    let values = headers.get_all(header::ACCEPT).iter();
    values
        .flat_map(|value| value.to_str().unwrap_or("unreadable").split(','))
        .filter(|range| !range.trim().is_empty())
        .map(accepted)
}

/// The media range, or nothing that anything is for one that is refused.
fn accepted(range: &str) -> String {
    let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
    let media = parts.next().unwrap_or_default();
    let is_refused = parts.any(|parameter| {
        parameter
            .strip_prefix("q=")
            .is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0))
    });
    if is_refused { String::new() } else { media }
}

fn covers_json(media: &str) -> bool {
    matches!(media, "application/json" | "application/problem+json")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn takes(accept: &'static str) -> bool {
        takes_json(&HeaderMap::from_iter([(
            header::ACCEPT,
            HeaderValue::from_static(accept),
        )]))
    }

    #[test]
    fn stream_is_asked_for_by_name() {
        let wants = |accept: &'static str| {
            wants_event_stream(&HeaderMap::from_iter([(
                header::ACCEPT,
                HeaderValue::from_static(accept),
            )]))
        };
        assert!(wants("text/event-stream") && wants("Text/Event-Stream, */*;q=0.1"));
        for accept in [
            "*/*",
            "text/*",
            "application/json, text/event-stream",
            "text/event-stream;q=0",
        ] {
            assert!(!wants(accept), "{accept}");
        }
    }

    #[test]
    fn ranges_that_cover_json_take_it() {
        assert!(takes_json(&HeaderMap::new()));
        for accept in [
            "*/*",
            "text/html, application/*;q=0.1",
            "Application/JSON; charset=utf-8",
        ] {
            assert!(takes(accept), "{accept}");
        }
        for accept in ["text/html", "application/json;q=0", "image/*"] {
            assert!(!takes(accept), "{accept}");
        }
    }
}

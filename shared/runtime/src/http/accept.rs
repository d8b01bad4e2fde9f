//! Whether a client takes JSON (RFC 9110 §12.5.1).

use http::{HeaderMap, header};

/// Whether some range of `Accept` covers JSON; a client that names none takes anything.
#[must_use]
pub fn takes_json(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter();
    let mut ranges = values
        .flat_map(|value| value.to_str().unwrap_or("unreadable").split(','))
        .filter(|range| !range.trim().is_empty())
        .peekable();
    ranges.peek().is_none() || ranges.any(covers_json)
}

fn covers_json(range: &str) -> bool {
    let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
    let media = parts.next().unwrap_or_default();
    let is_refused = parts.any(|parameter| {
        parameter
            .strip_prefix("q=")
            .is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0))
    });
    let covers = matches!(
        media.as_str(),
        "*/*" | "application/*" | "application/json" | "application/problem+json"
    );
    covers && !is_refused
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

//! Any bytes are a rule or a refusal. A rule's canonical form is the rule again; it and every description are bounded.
#![no_main]

use domain::{Civil, recurrence::Rule};
use libfuzzer_sys::{Corpus, fuzz_target};

/// A rule's text is 2 KiB at most, and what is said of it is not much longer.
const MOST_BYTES: usize = 16 * 1024;

fuzz_target!(|bytes: &[u8]| -> Corpus { said(bytes) });

fn said(bytes: &[u8]) -> Corpus {
    let Ok(text) = str::from_utf8(bytes) else {
        return Corpus::Reject;
    };
    match text.parse::<Rule>() {
        Ok(rule) => is_sound(rule),
        Err(refusal) => assert!(refusal.to_string().len() < 1024, "{refusal}"),
    }
    Corpus::Keep
}

fn is_sound(rule: Rule) {
    let canonical = rule.to_string();
    assert!(canonical.len() <= MOST_BYTES, "{canonical}");
    assert_eq!(canonical.parse(), Ok(rule), "{canonical}");
    for start in ["2026-01-31", "2028-02-29T23:59:59"] {
        let start: Civil = start.parse().expect("it is a date or a date-time");
        let description = rule.description(start);
        assert!(
            !description.is_empty() && description.len() <= MOST_BYTES,
            "{description}"
        );
    }
}

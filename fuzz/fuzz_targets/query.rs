//! Any query of a list is read or refused with its faults named. What was read is bounded, and reads the same again.
#![no_main]

use domain::UserId;
use libfuzzer_sys::{Corpus, fuzz_target};
use list_tasks::parameters::Parameters;
use runtime::{Problem, input::Query};

fuzz_target!(|text: &str| -> Corpus {
    let Ok(uri) = format!("/v1/tasks?{text}").parse() else {
        return Corpus::Reject;
    };
    match read(&uri) {
        Ok(parameters) => is_sound(&parameters, &uri),
        Err(problem) => assert_eq!(problem.status(), 400),
    }
    Corpus::Keep
});

fn read(uri: &http::Uri) -> Result<Parameters, Problem> {
    Parameters::read(Query::of(uri)?, UserId::LOCAL)
}

fn is_sound(parameters: &Parameters, uri: &http::Uri) {
    let listing = &parameters.listing;
    assert!((1..=200).contains(&parameters.limit));
    assert!(listing.tags.len() <= 20 && listing.priorities.len() <= 3 && listing.words.len() <= 20);
    assert!(listing.tags.iter().all(|tag| !tag.is_empty() && !tag.contains('\0')));
    assert!(
        listing
            .words
            .iter()
            .all(|word| (1..=100).contains(&word.chars().count()))
    );
    let again = read(uri).expect("what was read once is read again");
    assert_eq!((&again.scope, again.listing == *listing), (&parameters.scope, true));
}

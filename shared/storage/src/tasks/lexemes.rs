//! A task's words and tags as a `tsvector`, and what is searched as a `tsquery`, both written out: the database's own
//! parser, dictionaries and locale have no part in it.
//!
//! Each lexeme begins with a few characters that stand for its user. A word that ten thousand others use costs one user
//! nothing then, a prefix reads their own words only, and nobody can tell by the clock what others write.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use domain::{Task, UserId, words::words};

/// Begins a tag's lexeme, and no word.
const TAG: char = '#';
/// The greatest place in a text that a `tsvector` tells.
const LAST_PLACE: u16 = 16_383;
/// Of how many places of one word relevance is made.
const MOST_PLACES: usize = 8;

/// Places of a word, each with the weight of the text it is in.
type Places = BTreeMap<String, Vec<(u16, char)>>;

/// What `search` holds of a task: its title's words weigh most, then its tags', then its description's.
pub(super) fn vector(user: UserId, task: &Task) -> String {
    let mut places = Places::new();
    let mut place = 0;
    add(&mut places, &mut place, task.title.as_str(), 'A');
    for tag in task.tags.as_slice() {
        add(&mut places, &mut place, tag, 'B');
    }
    add(&mut places, &mut place, task.description.as_str(), 'D');
    let mut vector = String::new();
    for tag in tags(task.tags.as_slice()) {
        let _ = write!(vector, "{} ", tag_lexeme(user, &tag));
    }
    for (word, places) in places {
        let places: Vec<_> = places
            .iter()
            .map(|(place, weight)| format!("{place}{weight}"))
            .collect();
        let _ = write!(vector, "{}:{} ", word_lexeme(user, &word), places.join(","));
    }
    vector
}

fn add(places: &mut Places, place: &mut u16, text: &str, weight: char) {
    for word in words(text) {
        *place = (*place + 1).min(LAST_PLACE);
        let of_word = places.entry(word).or_default();
        if of_word.len() < MOST_PLACES {
            of_word.push((*place, weight));
        }
    }
}

/// Asks for all of `tags`.
pub(super) fn tag_query(user: UserId, tags: &BTreeSet<String>) -> String {
    let lexemes: Vec<_> = tags.iter().map(|tag| tag_lexeme(user, tag)).collect();
    lexemes.join(" & ")
}

/// Asks for all of `words`, and for what begins with the last of them.
pub(super) fn word_query(user: UserId, words: &[String]) -> String {
    let lexemes: Vec<_> = words.iter().map(|word| word_lexeme(user, word)).collect();
    format!("{}:*", lexemes.join(" & "))
}

/// Tags as they are compared: without regard to case, each once.
pub(super) fn tags(tags: &[String]) -> BTreeSet<String> {
    tags.iter().map(|tag| tag.to_lowercase()).collect()
}

fn tag_lexeme(user: UserId, tag: &str) -> String {
    quoted(&format!("{}{TAG}{tag}", of_user(user)))
}

fn word_lexeme(user: UserId, word: &str) -> String {
    quoted(&format!("{}{word}", of_user(user)))
}

/// Eight characters made of the last six bytes of the user's id, which are random or a digest's. Two users may share
/// them: whoever reads asks for the user besides.
fn of_user(user: UserId) -> String {
    let [.., a, b, c, d, e, f] = *user.0.as_bytes();
    STANDARD_NO_PAD.encode([a, b, c, d, e, f])
}

/// A lexeme as `tsvector` and `tsquery` read any text (PostgreSQL manual §8.11).
fn quoted(lexeme: &str) -> String {
    format!("'{}'", lexeme.replace('\\', "\\\\").replace('\'', "''"))
}

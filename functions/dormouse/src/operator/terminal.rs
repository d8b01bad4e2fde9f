//! What is fit for a terminal, whoever wrote it.

use std::fmt::Write;

/// `text` with what is not there to be seen, such as what colours, erases or turns round, written as its number.
pub(super) fn harmless(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || is_invisible(character) {
            let _ = write!(harmless, "{}", character.escape_unicode());
        } else {
            harmless.push(character);
        }
    }
    harmless
}

/// `text` on one line, up to `most` characters of it.
pub(super) fn short(text: &str, most: usize) -> String {
    let mut characters = text.chars().map(|c| if c == '\n' { ' ' } else { c });
    let mut short: String = characters.by_ref().take(most).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}

/// Separators of lines, and what changes the direction of what follows (Unicode's `Bidi_Control`).
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_reaches_it() {
        assert_eq!(harmless("\u{1b}[31mred\u{7}\u{9b}2J"), r"\u{1b}[31mred\u{7}\u{9b}2J");
        assert_eq!(harmless("a\u{202e}b\u{2028}c\rd"), r"a\u{202e}b\u{2028}c\u{d}d");
        assert_eq!(harmless("Grüße, 猫 🐈"), "Grüße, 猫 🐈");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(short("ab\ncd", 5), "ab cd");
        assert_eq!(short("Grüße", 3), "Grü…");
        assert_eq!(short("", 0), "");
    }
}

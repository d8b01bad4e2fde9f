//! One line of words, as titles and tags are: what a person reads in it is what it holds.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use super::{TextError, demand_length, demand_no_control};

/// Characters that Unicode counts among letters and symbols although nothing is seen of them: the fillers of Hangul and
/// the empty pattern of Braille.
const BLANK: [char; 5] = ['\u{115F}', '\u{1160}', '\u{2800}', '\u{3164}', '\u{FFA0}'];

/// Trims and checks a line of at most `limit` characters.
///
/// - Blanks and line breaks around it go, and so do the zero-width ones that copying leaves behind.
/// - No control characters.
/// - Something can be seen. Joiners are for emoji and Persian, soft hyphens and zero-width spaces for breaking lines;
///   none of them is a title.
/// - No direction that outlives the line, or reorders its letters (UAX #9): embeddings and isolates are closed, as the
///   programs do that put them around names and numbers, and there are no overrides, which serve to disguise.
///
/// # Errors
/// The first of these that does not hold.
pub(crate) fn line(text: &str, limit: usize) -> Result<&str, TextError> {
    let line = text.trim_matches(is_trimmed);
    demand_length(line, limit)?;
    let characters = || {
        let all = text.trim_end_matches(is_trimmed).chars().enumerate();
        all.skip_while(|(_, c)| is_trimmed(*c))
    };
    demand_no_control(characters())?;
    demand_closed_directions(characters())?;
    match line {
        "" => Err(TextError::Empty),
        _ if !line.chars().any(is_visible) => Err(TextError::Invisible),
        _ => Ok(line),
    }
}

/// Blanks, but not those control characters that are blanks by name only, such as U+0085: who sent them is told.
fn is_trimmed(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' | '\u{200B}' | '\u{2060}' | '\u{FEFF}' => true,
        _ => c.is_whitespace() && !c.is_control(),
    }
}

/// Whether there is something to see. What this release's tables do not know is taken for a new emoji.
fn is_visible(c: char) -> bool {
    match c.general_category_group() {
        GeneralCategoryGroup::Separator | GeneralCategoryGroup::Mark => false,
        GeneralCategoryGroup::Other => {
            !matches!(c.general_category(), GeneralCategory::Control | GeneralCategory::Format)
        }
        _ => !BLANK.contains(&c),
    }
}

fn demand_closed_directions(characters: impl Iterator<Item = (usize, char)>) -> Result<(), TextError> {
    let mut open = Vec::new();
    for (index, c) in characters {
        let closed_by = match c {
            '\u{202A}' | '\u{202B}' => '\u{202C}',
            '\u{2066}'..='\u{2068}' => '\u{2069}',
            '\u{202C}' | '\u{2069}' if open.last().is_some_and(|(_, _, closed_by)| *closed_by == c) => {
                open.pop();
                continue;
            }
            '\u{202C}'..='\u{202E}' | '\u{2069}' => return Err(direction(index, c)),
            _ => continue,
        };
        open.push((index, c, closed_by));
    }
    match open.first() {
        None => Ok(()),
        Some((index, c, _)) => Err(direction(*index, *c)),
    }
}

fn direction(index: usize, c: char) -> TextError {
    TextError::Direction {
        position: index + 1,
        code: u32::from(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_of_invisible_characters_is_refused() {
        for text in [
            "\u{AD}",
            "\u{300}",
            "\u{200C}\u{200D}",
            "\u{200B} \u{AD}",
            "\u{115F}\u{3164}\u{2800}",
            "\u{FE0F}",
            "\u{34F}",
            "\u{E0041}",
            "\u{200E}\u{61C}",
            "\u{2066}\u{2069}",
        ] {
            assert_eq!(line(text, 10), Err(TextError::Invisible), "{text:?}");
        }
        for text in ["", " ", "\u{200B}\u{2060}\u{FEFF}", "\u{2028}\n"] {
            assert_eq!(line(text, 10), Err(TextError::Empty), "{text:?}");
        }
    }

    #[test]
    fn words_of_every_script_are_kept_as_they_are() {
        for text in [
            "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
            "\u{645}\u{6CC}\u{200C}\u{62E}\u{648}\u{627}\u{647}\u{645}",
            "\u{647}\u{200D}",
            "e\u{301}",
            "\u{915}\u{94D}\u{937}",
            "\u{AC00}",
            "1\u{FE0F}\u{20E3}",
            "?",
            "\u{1FAEF}",
            "\u{E000}",
        ] {
            assert_eq!(line(text, 10), Ok(text), "{text:?}");
        }
    }

    #[test]
    fn blanks_around_a_line_go_and_no_control_character_with_them() {
        assert_eq!(line("\u{FEFF}\t Milk\u{200B}\u{A0}\r\n", 4), Ok("Milk"));
        for (text, position, code) in [
            ("  a\u{0}", 4, 0),
            ("\u{85}a", 1, 0x85),
            ("a \u{B}", 3, 0xB),
            ("a\nb", 2, 0xA),
        ] {
            assert_eq!(line(text, 10), Err(TextError::Control { position, code }), "{text:?}");
        }
    }

    #[test]
    fn directions_are_closed_and_never_overridden() {
        for text in [
            "call \u{202A}+1 555\u{202C}",
            "\u{2068}a\u{202B}b\u{202C}\u{2069} c",
            "\u{200F}\u{5D0}!\u{200E}",
        ] {
            assert_eq!(line(text, 20), Ok(text), "{text:?}");
        }
        for (text, position, code) in [
            ("pay \u{202E}001\u{202C}", 5, 0x202E),
            ("\u{202D}a\u{202C}", 1, 0x202D),
            ("a\u{2067}b", 2, 0x2067),
            ("a\u{2069}", 2, 0x2069),
            ("\u{202A}\u{2066}a\u{202C}\u{2069}", 4, 0x202C),
        ] {
            assert_eq!(line(text, 20), Err(TextError::Direction { position, code }), "{text:?}");
        }
    }
}

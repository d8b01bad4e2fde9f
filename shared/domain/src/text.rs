//! A task's own words: its title and its description.

mod line;

use std::fmt;

use serde::{Deserialize, Serialize};

pub(crate) use line::line;

/// A title: one line of 1–500 characters after trimming, something to see among them, no control characters, and no
/// direction that is overridden or left open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Title(String);

/// A description: 0–10 000 characters; line breaks and tabs are its only control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Description(String);

/// Why a text was refused; the message says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing was left after trimming.
    #[error("must not be empty")]
    Empty,
    /// There are characters, but no screen shows any of them.
    #[error("must have a character that can be seen; there are only invisible ones")]
    Invisible,
    /// The text, or what is shown after it, would be read in an order that nobody wrote.
    #[error(
        "must not override directions, and close those it opens; character {position} is U+{code:04X}: leave it out"
    )]
    Direction {
        /// 1-based place of the character.
        position: usize,
        /// Its code point.
        code: u32,
    },
    /// More characters than allowed.
    #[error("must have at most {limit} characters; this has {length}")]
    TooLong {
        /// The most characters allowed.
        limit: usize,
        /// How many there were.
        length: usize,
    },
    /// A control character, which no screen shows and no database text can always hold.
    #[error("must not contain control characters; character {position} is U+{code:04X}")]
    Control {
        /// 1-based place of the character.
        position: usize,
        /// Its code point.
        code: u32,
    },
}

impl Title {
    const LIMIT: usize = 500;

    /// Trims and checks a title.
    ///
    /// # Errors
    /// Any of [`TextError`]: the person mends it.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        Ok(Self(line(text, Self::LIMIT)?.to_owned()))
    }

    /// The title's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Description {
    const LIMIT: usize = 10_000;

    /// Checks a description; it is kept as it was written.
    ///
    /// # Errors
    /// Too long, or with a control character other than a line break or a tab: the person mends it.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        check(text, Self::LIMIT, |c| matches!(c, '\n' | '\r' | '\t'))?;
        Ok(Self(text.to_owned()))
    }

    /// The description's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks length and control characters, save those that `allowed` lets pass.
fn check(text: &str, limit: usize, allowed: fn(char) -> bool) -> Result<(), TextError> {
    demand_length(text, limit)?;
    demand_no_control(text.chars().enumerate().filter(|(_, c)| !allowed(*c)))
}

fn demand_length(text: &str, limit: usize) -> Result<(), TextError> {
    match text.chars().count() {
        length if length > limit => Err(TextError::TooLong { limit, length }),
        _ => Ok(()),
    }
}

fn demand_no_control(mut characters: impl Iterator<Item = (usize, char)>) -> Result<(), TextError> {
    match characters.find(|(_, c)| c.is_control()) {
        None => Ok(()),
        Some((index, c)) => Err(TextError::Control {
            position: index + 1,
            code: u32::from(c),
        }),
    }
}

macro_rules! string_like {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

string_like!(Title);
string_like!(Description);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn title_is_trimmed_and_counted_in_characters_not_bytes() {
        assert_eq!(
            Title::parse("  Water the plants \n").unwrap().as_str(),
            "Water the plants"
        );
        assert!(Title::parse(&"ü".repeat(500)).is_ok());
        assert_eq!(
            Title::parse(&"ü".repeat(501)),
            Err(TextError::TooLong {
                limit: 500,
                length: 501
            })
        );
    }

    #[test]
    fn title_of_blanks_is_empty() {
        assert_eq!(Title::parse(" \t\u{3000} "), Err(TextError::Empty));
    }

    #[test]
    fn title_that_nobody_can_see_is_told_apart_from_an_empty_one() {
        assert_eq!(
            Title::parse("\u{200D}\u{AD}").unwrap_err().to_string(),
            "must have a character that can be seen; there are only invisible ones"
        );
        assert_eq!(
            Title::parse("pay \u{202E}001").unwrap_err().to_string(),
            "must not override directions, and close those it opens; character 5 is U+202E: leave it out"
        );
    }

    #[test]
    fn control_character_is_named_with_its_place() {
        assert_eq!(
            Title::parse("a\u{0}b").unwrap_err().to_string(),
            "must not contain control characters; character 2 is U+0000"
        );
    }

    #[test]
    fn description_keeps_line_breaks_and_refuses_other_control_characters() {
        assert_eq!(Description::parse("a\r\n\tb ").unwrap().as_str(), "a\r\n\tb ");
        assert!(Description::parse("a\u{7}").is_err());
    }
}

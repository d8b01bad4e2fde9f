//! A task's own words: its title and its description.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A title: 1–500 characters after trimming, none of them a control character.
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
    /// Empty, too long, or with a control character: the person mends it.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        check(text, Self::LIMIT, |_| false)?;
        match text {
            "" => Err(TextError::Empty),
            _ => Ok(Self(text.to_owned())),
        }
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
pub(crate) fn check(text: &str, limit: usize, allowed: fn(char) -> bool) -> Result<(), TextError> {
    let length = text.chars().count();
    if length > limit {
        return Err(TextError::TooLong { limit, length });
    }
    match text.chars().enumerate().find(|(_, c)| c.is_control() && !allowed(*c)) {
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

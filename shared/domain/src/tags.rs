//! A task's tags.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::text::{self, TextError};

/// At most 20 tags of 1–50 characters, each a line as a title is, unique without regard to case, in the order they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags(Vec<String>);

/// Why tags were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagsError {
    /// More tags than allowed.
    #[error("must have at most {limit} tags; this has {0}", limit = Tags::LIMIT)]
    TooMany(usize),
    /// One tag is not a good one.
    #[error("{error}")]
    Tag {
        /// 0-based place of the tag.
        index: usize,
        /// What is wrong with it.
        error: TextError,
    },
}

impl Tags {
    /// The most tags a task may have.
    pub const LIMIT: usize = 20;
    const TAG_LIMIT: usize = 50;

    /// Trims and checks tags; of those that differ only by case the first stays.
    ///
    /// # Errors
    /// Every fault there is, so that the person mends them in one go.
    pub fn parse(tags: &[String]) -> Result<Self, Vec<TagsError>> {
        let mut errors = Vec::new();
        if tags.len() > Self::LIMIT {
            errors.push(TagsError::TooMany(tags.len()));
        }
        let mut seen = HashSet::new();
        let mut kept = Vec::new();
        for (index, tag) in tags.iter().enumerate() {
            match text::line(tag, Self::TAG_LIMIT) {
                Err(error) => errors.push(TagsError::Tag { index, error }),
                Ok(tag) if seen.insert(tag.to_lowercase()) => kept.push(tag.to_owned()),
                Ok(_) => {}
            }
        }
        if errors.is_empty() { Ok(Self(kept)) } else { Err(errors) }
    }

    /// Tags that were checked before, as a database keeps them.
    #[must_use]
    pub fn from_stored(tags: Vec<String>) -> Self {
        Self(tags)
    }

    /// The tags.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(tags: &[&str]) -> Result<Tags, Vec<TagsError>> {
        Tags::parse(&tags.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn tags_are_trimmed_and_unique_without_regard_to_case() {
        assert_eq!(
            parse(&[" Home", "home ", "HOME", "work"]).unwrap().as_slice(),
            ["Home", "work"]
        );
    }

    #[test]
    fn every_faulty_tag_is_named() {
        let errors = parse(&["", "fine", "a\nb"]).unwrap_err();
        assert_eq!(errors.len(), 2);
        assert!(matches!(errors[1], TagsError::Tag { index: 2, .. }));
    }

    #[test]
    fn the_twenty_first_tag_is_refused() {
        let tags: Vec<_> = (0..21).map(|n| n.to_string()).collect();
        assert_eq!(Tags::parse(&tags), Err(vec![TagsError::TooMany(21)]));
        assert!(Tags::parse(&tags[..20]).is_ok());
    }
}

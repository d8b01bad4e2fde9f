//! How much a task matters.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A task's priority; medium when the person does not say. The most urgent comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Before everything else.
    High,
    /// The ordinary one.
    #[default]
    Medium,
    /// When there is time.
    Low,
}

/// The text names no priority.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be high, medium or low")]
pub struct PriorityError;

impl Priority {
    /// The priority's name, as the API and the database write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

impl FromStr for Priority {
    type Err = PriorityError;

    /// Reads a priority in any case.
    fn from_str(text: &str) -> Result<Self, PriorityError> {
        [Self::High, Self::Medium, Self::Low]
            .into_iter()
            .find(|priority| priority.as_str().eq_ignore_ascii_case(text))
            .ok_or(PriorityError)
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priority_is_read_in_any_case_and_written_in_lower_case() {
        assert_eq!("HiGh".parse::<Priority>().unwrap().to_string(), "high");
        assert_eq!("urgent".parse::<Priority>(), Err(PriorityError));
    }
}

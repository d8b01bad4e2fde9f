//! Where a record of a dead-letter topic is, as an operator writes it.

use std::{fmt, str::FromStr};

use crate::topics;

/// Where a dead letter is: `topic/partition/offset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The function whose dead letter it is.
    pub function: &'static str,
    /// The partition of that function's dead-letter topic.
    pub partition: i32,
    /// The record's offset in that.
    pub offset: i64,
}

/// The text names no record of a dead-letter topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPlace;

impl Place {
    /// The topic.
    #[must_use]
    pub fn topic(&self) -> String {
        topics::dead_letters_of(self.function)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.topic(), self.partition, self.offset)
    }
}

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let parts: Vec<_> = text.split('/').collect();
        let [topic, partition, offset] = parts[..] else {
            return Err(NoPlace);
        };
        let mut consumers = topics::CONSUMERS.into_iter();
        let place = Self {
            function: consumers
                .find(|consumer| topics::dead_letters_of(consumer) == topic)
                .ok_or(NoPlace)?,
            partition: partition.parse().map_err(|_| NoPlace)?,
            offset: offset.parse().map_err(|_| NoPlace)?,
        };
        let is_possible = place.partition >= 0 && place.offset >= 0;
        is_possible.then_some(place).ok_or(NoPlace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_is_read_as_it_is_written() {
        let text = "on-reminder-due.dead-letter/0/42";
        assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
        for text in [
            "",
            "on-reminder-due.dead-letter",
            "on-reminder-due.dead-letter/0",
            "on-reminder-due.dead-letter/0/-1",
            "on-reminder-due.dead-letter/-1/0",
            "on-reminder-due.dead-letter/0/1/2",
            "on-reminder-due/0/1",
            "todo.task.created/0/1",
            "3f6e0d5e-6a5c-4b0c-9d6f-000000000000/1/on-reminder-due",
        ] {
            assert_eq!(text.parse::<Place>(), Err(NoPlace), "{text}");
        }
    }
}

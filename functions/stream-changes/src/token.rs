//! Sync tokens: a position in a user's log, and the era it belongs to.

use domain::UserId;
use runtime::{Problem, cursor};
use storage::log::changes::Standing;

const FOREIGN: &str = "must be a next_token, or the id of an event, that this user was given, unaltered; or latest";

/// From where on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// The first event.
    Beginning,
    /// What comes after the present.
    Latest,
    /// What comes after an event of an era.
    Token(i64, i64),
}

impl Since {
    /// Reads what `user` sends.
    pub(crate) fn read(user: UserId, text: &str) -> Result<Self, &'static str> {
        if text == "latest" {
            return Ok(Self::Latest);
        }
        let position = cursor::decode(&scope(user), text);
        position.map(|(era, seq)| Self::Token(era, seq)).ok_or(FOREIGN)
    }

    /// The number of the event that it comes after.
    ///
    /// # Errors
    /// 410 for a token of another era, and for one that is older than the log, or ahead of it.
    pub(crate) fn position(self, standing: &Standing) -> Result<i64, Problem> {
        match self {
            Self::Beginning => Ok(0),
            Self::Latest => Ok(standing.seq),
            Self::Token(era, seq) if standing.goes_on_from(era, seq) => Ok(seq),
            Self::Token(..) => Err(Problem::token_expired()),
        }
    }
}

/// The token for what comes after the event `seq`.
pub(crate) fn write(user: UserId, era: i64, seq: i64) -> String {
    cursor::encode(&scope(user), &(era, seq))
}

fn scope(user: UserId) -> String {
    format!("changes {user}")
}

//! What can go wrong at the database, by what the caller should do about it. The driver's messages tell their own
//! causes, so these end the chain: printing a chain tells nothing twice.

/// A failure at the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is away, too busy, or held something locked for too long: try again later.
    #[error("the database is away or too busy: {0}")]
    Unavailable(sqlx::Error),
    /// Other writers of the same user were before this one for too long: try again later.
    #[error("other writers of this user's are in progress, and did not end in time")]
    Held,
    /// A constraint refused the write: the caller knows what its name stands for.
    #[error("constraint {0} refused the write")]
    Constraint(String),
    /// What is stored cannot be read: a defect, or damage.
    #[error("stored data is unreadable: {0}")]
    Unreadable(String),
    /// Anything else: a defect.
    #[error("the database refused: {0}")]
    Database(sqlx::Error),
}

impl Error {
    /// What is stored in `what` cannot be read.
    pub(crate) fn unreadable(what: &str, why: impl std::fmt::Display) -> Self {
        Self::Unreadable(format!("{what}: {why}"))
    }

    /// Whether trying again later may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Held)
    }

    /// Whether the database is there, and only what this one needed is held by somebody else: others' work can go on.
    #[must_use]
    pub fn is_contention(&self) -> bool {
        match self {
            Self::Held => true,
            Self::Unavailable(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| CONTENTION.contains(&&*code))
            }
            _ => false,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::BeginFailed => Self::Unavailable(error),
            // A server that goes away in the middle of a message leaves half of one.
            sqlx::Error::Protocol(_) => Self::Unavailable(error),
            sqlx::Error::Database(database) => match (database.constraint(), database.code()) {
                (Some(constraint), _) => Self::Constraint(constraint.to_owned()),
                (None, Some(code)) if is_transient(&code) => Self::Unavailable(error),
                _ => Self::Database(error),
            },
            _ => Self::Database(error),
        }
    }
}

/// SQLSTATEs of statements that others were in the way of (PostgreSQL manual, appendix A).
const CONTENTION: [&str; 4] = [
    "40001", // serialization_failure
    "40P01", // deadlock_detected
    "55P03", // lock_not_available: lock_timeout
    "57014", // query_canceled: statement_timeout
];

/// SQLSTATEs after which the same statement may succeed later.
fn is_transient(code: &str) -> bool {
    const CODES: [&str; 5] = [
        "25006", // read-only: a standby that was promoted, or is about to be
        "25P03", // idle_in_transaction_session_timeout
        "57P01", // admin_shutdown
        "57P02", // crash_shutdown
        "57P03", // cannot_connect_now
    ];
    // 08: connection exceptions. 53: insufficient resources, such as too many connections or a full disk.
    code.starts_with("08") || code.starts_with("53") || CODES.contains(&code) || CONTENTION.contains(&code)
}

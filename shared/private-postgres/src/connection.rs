//! How a client reaches a running server.

use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use percent_encoding::{NON_ALPHANUMERIC, percent_encode, utf8_percent_encode};

use crate::socket::PORT;

/// The database that every private server has from its making.
pub const DATABASE: &str = "dormouse";

/// The server's superuser, whose password the folder keeps.
pub(crate) const ROLE: &str = "dormouse";

/// Where a running server listens and the password that opens it.
#[derive(Clone)]
pub struct Connection {
    pub(crate) socket_directory: PathBuf,
    pub(crate) password: String,
    pub(crate) pid: u32,
}

impl Connection {
    /// A URL for `database`, as `sqlx` and `psql` read it. It holds the password: do not log it.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let host = percent_encode(self.socket_directory.as_os_str().as_bytes(), NON_ALPHANUMERIC);
        let database = utf8_percent_encode(database, NON_ALPHANUMERIC);
        // The port and sslmode are spelled out so that PGPORT and PGSSLMODE in the environment cannot change them.
        format!(
            "postgres://{ROLE}:{}@{host}:{PORT}/{database}?sslmode=disable",
            self.password
        )
    }

    /// The directory of the server's socket.
    #[must_use]
    pub fn socket_directory(&self) -> &Path {
        &self.socket_directory
    }

    /// The server's process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }
}

impl fmt::Debug for Connection {
    // By hand, so that the password cannot reach a log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Connection")
            .field("socket_directory", &self.socket_directory)
            .field("pid", &self.pid)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Connection;

    #[test]
    fn the_url_holds_the_socket_directory_and_the_log_no_password() {
        let connection = Connection {
            socket_directory: "/a b/c".into(),
            password: "secret".to_owned(),
            pid: 1,
        };
        assert_eq!(
            connection.url("x"),
            "postgres://dormouse:secret@%2Fa%20b%2Fc:5432/x?sslmode=disable"
        );
        assert!(!format!("{connection:?}").contains("secret"));
    }
}

//! A database that goes away and comes back.

use sqlx::{Connection, PgConnection};

use storage::installation;

use crate::{TestApp, TestDatabase, database::run, eventually};

/// A database that every server has, beside the tests' own.
const ANOTHER: &str = "postgres";

impl TestDatabase {
    /// Ends every connection to it, and takes no new ones until [`TestDatabase::come_back`].
    ///
    /// # Panics
    /// The server is away.
    pub async fn go_away(&self) {
        self.let_in(false).await;
    }

    /// Takes connections again.
    ///
    /// # Panics
    /// The server is away.
    pub async fn come_back(&self) {
        self.let_in(true).await;
    }

    /// Ends every connection to it but takes new ones, as a failover does.
    ///
    /// # Panics
    /// The server is away.
    pub async fn drop_connections(&self) {
        self.come_back().await;
    }

    async fn let_in(&self, is_open: bool) {
        let options = self.options();
        let name = options.get_database().expect("a test's database has a name");
        let server = options.clone().database(ANOTHER);
        let mut connection = PgConnection::connect_with(&server).await.expect("the server is there");
        let sql = format!(
            "ALTER DATABASE {name} ALLOW_CONNECTIONS {is_open};
             SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        );
        run(&mut connection, sql)
            .await
            .expect("a superuser may send others away");
        connection.close().await.expect("the server is there");
    }
}

impl TestApp {
    /// Has its pool forget the connection it lost: a pool finds out by using it. What runs beside the test and loses
    /// more than one has a pool of its own.
    ///
    /// # Panics
    /// The database stays away.
    pub async fn reconnect(&self) {
        eventually("the database answers", async || {
            let Ok(mut session) = self.app().database.session().await else {
                return false;
            };
            installation::id(&mut session).await.is_ok()
        })
        .await;
    }
}

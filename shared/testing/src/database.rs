//! A database for one test.

use std::thread;

use sqlx::{
    AssertSqlSafe, Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use storage::{Database, Pooler, migrations};
use uuid::Uuid;

use crate::{server, template};

/// The first version whose `CREATE DATABASE` may be told how to copy.
const COPIES_BY_CHOICE: i32 = 150_000;

/// A database of its own: migrated, empty, and dropped when this is.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    name: String,
    server: PgConnectOptions,
    pool: PgPool,
}

/// A new database on the run's server.
///
/// # Panics
/// There is no server and none can be started: the message says what to install.
pub async fn database() -> TestDatabase {
    TestDatabase::clone_template()
        .await
        .expect("a database can be cloned from the template")
}

impl TestDatabase {
    async fn clone_template() -> anyhow::Result<Self> {
        let url = server::url().await;
        let server: PgConnectOptions = url.parse()?;
        let template = template::name(&server).await;
        let name = format!("test_{}", Uuid::new_v4().simple());
        let mut connection = PgConnection::connect_with(&server).await?;
        let version: i32 = sqlx::query_scalar("SELECT current_setting('server_version_num')::int")
            .fetch_one(&mut connection)
            .await?;
        // Measured without fsync: 15 ms, and 25 ms by the log.
        let strategy = if version >= COPIES_BY_CHOICE {
            "STRATEGY file_copy"
        } else {
            ""
        };
        run(
            &mut connection,
            format!("CREATE DATABASE {name} TEMPLATE {template} {strategy}"),
        )
        .await?;
        connection.close().await?;
        let options = server.clone().database(&name);
        let pool = PgPoolOptions::new().max_connections(4).connect_lazy_with(options);
        adopt(&mut *pool.acquire().await?).await?;
        Ok(Self {
            url: with_database(url, &name),
            name,
            server,
            pool,
        })
    }

    /// A superuser's URL of it. It holds the password: do not log it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How to connect to it.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        self.server.clone().database(&self.name)
    }

    /// What is tested gets a pool of its own, of at most `size` connections.
    #[must_use]
    pub fn open(&self, size: u32) -> Database {
        Database::lazy(self.options(), size, Pooler::None)
    }

    /// For a test's own SQL.
    #[must_use]
    pub fn pool(&self) -> PgPool {
        self.pool.clone()
    }
}

/// Makes a clone an installation of its own. Settings of a role in a database are not cloned.
async fn adopt(connection: &mut PgConnection) -> anyhow::Result<()> {
    migrations::limit_role(connection).await?;
    let sql = "UPDATE installation SET id = gen_random_uuid()".to_owned();
    Ok(run(connection, sql).await?)
}

/// Runs a statement that takes no parameters; the names in it are our own.
pub(crate) async fn run(connection: &mut PgConnection, sql: String) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop)
}

/// `url` with `name` for its path.
fn with_database(url: &str, name: &str) -> String {
    let (base, parameters) = url.split_once('?').map_or((url, None), |(base, p)| (base, Some(p)));
    let authority = base.find("://").map_or(0, |scheme| scheme + 3);
    let path = base[authority..].find('/').map_or(base.len(), |path| authority + path);
    let parameters = parameters.map_or_else(String::new, |parameters| format!("?{parameters}"));
    format!("{}/{name}{parameters}", &base[..path])
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let server = self.server.clone();
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        let drop_it = move || -> anyhow::Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = PgConnection::connect_with(&server).await?;
                run(&mut connection, sql).await?;
                Ok(connection.close().await?)
            })
        };
        // One that stays behind goes with the server; a test must not fail by it.
        let _ = thread::spawn(drop_it).join();
    }
}

//! The migrated database that others are cloned from.

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use storage::migrations;
use tokio::sync::OnceCell;
use uuid::Uuid;

/// Any number that nothing else on the server locks.
const LOCK: i64 = 0x0064_6f72_6d6f_7573;

/// The name of the template for this release's schema, made where the server has none yet.
pub(crate) async fn name(server: &PgConnectOptions) -> &'static str {
    static NAME: OnceCell<String> = OnceCell::const_new();
    NAME.get_or_init(async || {
        let hash = Uuid::new_v5(&Uuid::NAMESPACE_OID, migrations::fingerprint().as_bytes());
        let name = format!("template_{}", &hash.simple().to_string()[..12]);
        ensure(server, &name)
            .await
            .expect("the template database can be migrated");
        name
    })
    .await
}

async fn ensure(server: &PgConnectOptions, name: &str) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect_with(server).await?;
    // Several test processes may run at once; the first makes it. Closing the connection lets go.
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(LOCK)
        .execute(&mut connection)
        .await?;
    let is_made = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND NOT datallowconn)";
    let is_made: bool = sqlx::query_scalar(is_made)
        .bind(name)
        .fetch_one(&mut connection)
        .await?;
    if !is_made {
        make(&mut connection, server, name).await?;
    }
    Ok(connection.close().await?)
}

async fn make(connection: &mut PgConnection, server: &PgConnectOptions, name: &str) -> anyhow::Result<()> {
    // One that takes connections was left half made by a process that was killed.
    crate::database::run(connection, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
    crate::database::run(connection, format!("CREATE DATABASE {name} TEMPLATE template0")).await?;
    migrations::migrate(&server.clone().database(name)).await?;
    // A database that anybody is connected to cannot be cloned.
    crate::database::run(connection, format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await?;
    Ok(())
}

//! A failover to a server that lags: what it had not received never happened, and its timeline is a new one.

use std::{fs::Permissions, os::unix::fs::PermissionsExt, path::Path, process::Command, time::Duration};

use private_postgres::{DATABASE, Options, PrivatePostgres};
use sqlx::types::Uuid;
use storage::{
    Database, PgConnectOptions, Pooler, leases,
    log::reader::{Reader, Unknown},
    migrations::migrate,
};
use tempfile::TempDir;

use crate::support::{command, create, pass_on, read, store, user};

const LEASE: Duration = Duration::from_secs(60);

/// A server in `folder`, and its database.
async fn start(folder: &Path) -> (PrivatePostgres, Database) {
    let mut options = Options::new(folder).die_with_parent(true);
    // One that recovers has nowhere to fetch from what it has not received.
    for (name, value) in [("fsync", "off"), ("restore_command", "false")] {
        options = options.setting(name, value);
    }
    let server = PrivatePostgres::start(options).await.unwrap();
    let options: PgConnectOptions = server.url(DATABASE).parse().unwrap();
    migrate(&options).await.unwrap();
    (server, Database::lazy(options, 2, Pooler::None))
}

/// A reader, as whoever holds the lease on `database` reads.
async fn reader(database: &Database) -> Reader {
    let mut session = database.session().await.unwrap();
    let hold = leases::hold(&mut session, "reads", Uuid::from_u128(1), LEASE).await;
    session.finish().await.unwrap();
    Reader::new(Unknown::default(), Some(hold.unwrap().unwrap().timeline))
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_took_the_numbers_of_lost_ones_are_passed_on() {
    let folder = TempDir::with_prefix_in("dormouse-test-", "/tmp").unwrap();
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
    let (server, database) = start(&first).await;
    create(&database, user(0)).await;
    command(&database, user(0), 2).await;
    database.close().await;
    server.stop().await.unwrap();
    let copied = Command::new("cp").arg("-a").args([&first, &second]).status().unwrap();
    assert!(copied.success());

    let (server, database) = start(&first).await;
    let mut before = reader(&database).await;
    command(&database, user(0), 2).await;
    let events = (1..=5).map(|seq| (user(0), seq)).collect::<Vec<_>>();
    assert_eq!(pass_on(&mut before, &database).await, events);
    database.close().await;
    server.stop().await.unwrap();

    std::fs::write(second.join("data/recovery.signal"), "").unwrap();
    let (server, database) = start(&second).await;
    command(&database, user(0), 2).await;
    // Whoever has not noticed yet does no harm.
    assert_eq!(pass_on(&mut before, &database).await, []);
    store(&mut before, &database).await;
    let mut after = reader(&database).await;
    assert_eq!(read(&mut after, &database).await, events);
    database.close().await;
    server.stop().await.unwrap();
}

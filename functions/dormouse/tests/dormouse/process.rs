//! Databases that are not this process's to deliver from, and how it ends.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use dormouse::{
    operator::era,
    process::{Listen, Process},
};
use runtime::{identity::Authentication, shutdown};
use sqlx::PgPool;
use testing::{TaskBody, TestApp, eventually};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};

/// Enough on a busy machine; reached only when a test fails.
const FOR_EVER: Duration = Duration::from_secs(30);

fn listen(address: Ipv4Addr) -> Listen {
    Listen {
        api: SocketAddr::from((address, 0)),
        metrics: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        authentication: Authentication::LocalUser,
    }
}

async fn refusal(app: &TestApp, address: Ipv4Addr) -> String {
    let started = Process::start(&app.app(), &listen(address), false).await;
    started.expect_err("it must not start").to_string()
}

#[tokio::test]
async fn log_that_kafka_delivers_is_left_alone() {
    let app = TestApp::start().await;
    sqlx::query("UPDATE installation SET delivery = 'kafka'")
        .execute(&app.database().pool())
        .await
        .unwrap();
    let error = refusal(&app, Ipv4Addr::LOCALHOST).await;
    assert!(error.contains("relay-log"), "{error}");
}

#[tokio::test]
async fn restored_database_waits_for_a_new_era() {
    let app = TestApp::start().await;
    sqlx::query("UPDATE installation SET system_identifier = system_identifier + 1")
        .execute(&app.database().pool())
        .await
        .unwrap();
    let error = refusal(&app, Ipv4Addr::LOCALHOST).await;
    assert!(error.contains("dormouse renew-era"), "{error}");

    era::renew(&app.app().database).await.unwrap();
    let process = Process::start(&app.app(), &listen(Ipv4Addr::LOCALHOST), false).await;
    process.unwrap().stop().await;
}

#[tokio::test]
async fn neither_a_request_nor_a_connection_that_is_held_up_keeps_the_process_from_ending() {
    let app = TestApp::start().await;
    let pool = app.database().pool();
    wait_for_locks_for_ever(&pool).await;
    let create = app.serve(create_task::function(app.app()));
    create.post("/v1/tasks", TaskBody::titled("x")).await;
    let mut holder = pool.begin().await.unwrap();
    sqlx::query("SELECT FROM log_heads FOR UPDATE")
        .execute(&mut *holder)
        .await
        .unwrap();
    let process = Process::start(&app.app(), &listen(Ipv4Addr::LOCALHOST), false)
        .await
        .unwrap();
    let mut client = TcpStream::connect(process.address).await.unwrap();
    let head = "POST /v1/tasks HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let request = format!("{head}content-length: 13\r\n\r\n{{\"title\":\"y\"}}");
    client.write_all(request.as_bytes()).await.unwrap();
    eventually("the request waits for the head", async || {
        is_waiting_for_a_lock(&pool).await
    })
    .await;
    let _kept = app.app().database.session().await.unwrap();

    let ended = async {
        process.stop().await;
        shutdown::close(&app.app().database).await;
    };
    timeout(FOR_EVER, ended).await.expect("the process ends");
    holder.rollback().await.unwrap();
}

/// Waits for locks without end, for those who connect from now on.
async fn wait_for_locks_for_ever(pool: &PgPool) {
    sqlx::raw_sql(
        "DO $$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET lock_timeout = 0', current_database()); END $$",
    )
    .execute(pool)
    .await
    .expect("the role is ours");
}

async fn is_waiting_for_a_lock(pool: &PgPool) -> bool {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')",
    )
    .fetch_one(pool)
    .await
    .expect("the database is there")
}

#[tokio::test]
async fn without_tokens_other_machines_are_kept_out() {
    let app = TestApp::start().await;
    let error = refusal(&app, Ipv4Addr::UNSPECIFIED).await;
    assert!(error.contains("127.0.0.1"), "{error}");
}

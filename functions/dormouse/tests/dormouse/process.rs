//! Databases that are not this process's to deliver from.

use std::net::{Ipv4Addr, SocketAddr};

use dormouse::{
    operator::era,
    process::{Listen, Process},
};
use runtime::identity::Authentication;
use testing::TestApp;

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
async fn without_tokens_other_machines_are_kept_out() {
    let app = TestApp::start().await;
    let error = refusal(&app, Ipv4Addr::UNSPECIFIED).await;
    assert!(error.contains("127.0.0.1"), "{error}");
}

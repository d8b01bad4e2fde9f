//! Starts that must not succeed.

use std::fs;

use private_postgres::{Error, PrivatePostgres};

use crate::owner::Owner;
use crate::support::{folder, options, start};

#[tokio::test]
async fn a_second_start_is_refused_and_names_the_owner() {
    let folder = folder();
    let owner = Owner::start(folder.path(), true).await;
    let error = PrivatePostgres::start(options(folder.path())).await.unwrap_err();
    assert!(matches!(error, Error::AlreadyRunning { .. }), "{error}");
    assert!(
        error.to_string().contains(&format!("pid {}", owner.process.id())),
        "{error}"
    );
    owner.kill();
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let folder = folder();
    let wrong = options(folder.path()).setting("shared_buffers", "nonsense");
    let error = PrivatePostgres::start(wrong).await.unwrap_err();
    assert!(matches!(error, Error::EndedEarly { .. }), "{error}");
    assert!(error.to_string().contains("shared_buffers"), "{error}");
    start(folder.path()).await.stop().await.unwrap();
}

#[tokio::test]
async fn data_of_a_major_that_is_not_installed_names_both_versions() {
    let folder = folder();
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(folder.path().join("data/PG_VERSION"), "9\n").unwrap();
    let error = PrivatePostgres::start(options(folder.path()))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("written by PostgreSQL 9, but this machine has 1"),
        "{error}"
    );
}

#[tokio::test]
async fn foreign_files_where_the_data_should_be_are_not_touched() {
    let folder = folder();
    let letter = folder.path().join("data/letter");
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(&letter, "dear").unwrap();
    let error = PrivatePostgres::start(options(folder.path())).await.unwrap_err();
    assert!(matches!(error, Error::NotACluster { .. }), "{error}");
    assert_eq!(fs::read_to_string(letter).unwrap(), "dear");
}

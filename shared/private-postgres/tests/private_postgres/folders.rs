//! Where the files lie and who may read them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use nix::unistd::geteuid;
use private_postgres::{DATABASE, attach};
use sqlx::{Connection, PgConnection};

use crate::support::{folder, folder_with, read_note, setting, start, write_note};

#[tokio::test]
async fn a_folder_too_deep_for_a_socket_works_and_leaves_nothing_behind() {
    let folder = folder();
    let deep = folder.path().join("a".repeat(100));
    let server = start(&deep).await;
    let short = server.connection().socket_directory().to_owned();
    assert!(!short.starts_with(folder.path()));
    assert_eq!(fs::metadata(&short).unwrap().permissions().mode() & 0o777, 0o700);
    write_note(&server).await;
    assert_eq!(attach(&deep).unwrap().unwrap().socket_directory(), short);
    server.stop().await.unwrap();
    assert!(!short.exists());
}

#[tokio::test]
async fn commas_spaces_and_quotes_in_the_path_do_no_harm() {
    let folder = folder();
    let server = start(&folder.path().join("a, b \"c\" 'd' ü%20")).await;
    write_note(&server).await;
    assert!(server.connection().socket_directory().starts_with(folder.path()));
}

#[tokio::test]
async fn below_a_closed_folder_roots_server_works_elsewhere() {
    if !geteuid().is_root() {
        return;
    }
    let closed = folder_with(0o700);
    let wished = closed.path().join("postgres");
    let server = start(&wished).await;
    let real = fs::read_link(wished.join("elsewhere")).unwrap();
    assert_eq!(server.moved_from(), Some(wished.as_path()));
    assert_eq!(server.data_dir(), real.join("data"));
    write_note(&server).await;
    assert_eq!(attach(&wished).unwrap().unwrap().pid(), server.pid());
    server.stop().await.unwrap();

    // What happens to the permissions afterwards must not hide the data.
    fs::set_permissions(closed.path(), Permissions::from_mode(0o755)).unwrap();
    let server = start(&wished).await;
    assert_eq!(read_note(&server).await, "kept");
    server.stop().await.unwrap();
    assert_eq!(fs::metadata(closed.path()).unwrap().permissions().mode() & 0o777, 0o755);
    fs::remove_dir_all(real).unwrap();
}

#[tokio::test]
async fn a_lost_password_does_not_cost_the_data() {
    let folder = folder();
    let server = start(folder.path()).await;
    write_note(&server).await;
    server.stop().await.unwrap();
    fs::remove_file(folder.path().join("password")).unwrap();
    assert_eq!(read_note(&start(folder.path()).await).await, "kept");
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_the_right_one_is_private() {
    let folder = folder();
    let server = start(folder.path()).await;
    let password = folder.path().join("password");
    let secret = fs::read_to_string(&password).unwrap();
    let wrong = server.url(DATABASE).replace(secret.trim(), "guessed");
    assert!(PgConnection::connect(&wrong).await.is_err());
    assert_eq!(fs::metadata(&password).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(
        fs::metadata(server.data_dir()).unwrap().permissions().mode() & 0o777,
        0o700
    );
    assert_eq!(setting(&server.url(DATABASE), "listen_addresses").await, "");
}

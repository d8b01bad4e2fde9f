//! Keys in a file.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::Arc,
};

use runtime::identity::{Authenticate, Authentication, KeySource, Tokens};
use tempfile::TempDir;
use testing::{Client, issuer::expected};
use tokens::DevelopmentKey;

use super::{ask, client_by, clock, document, log::Log, new_key, token};

/// A folder with a file of keys.
struct Mounted {
    folder: TempDir,
    file: PathBuf,
}

impl Mounted {
    fn with(document: &str) -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let file = folder.path().join("jwks.json");
        let mounted = Self { folder, file };
        mounted.write(document);
        mounted
    }

    fn write(&self, document: &str) {
        fs::write(&self.file, document).expect("it can be written");
    }

    fn tokens(&self) -> Tokens {
        tokens_in(&self.file)
    }

    fn client(&self) -> Client {
        client_by(Authentication::By(Arc::new(self.tokens())))
    }
}

fn tokens_in(file: &Path) -> Tokens {
    Tokens::new(KeySource::File(file.to_owned()), expected(), clock().clock())
}

/// Asserts that the one's tokens are taken, and the other's are not.
async fn only(client: &Client, known: &DevelopmentKey, unknown: &DevelopmentKey) {
    assert_eq!(ask(client, &token(known)).await, 200);
    assert_eq!(ask(client, &token(unknown)).await, 401);
}

#[tokio::test]
async fn file_that_was_written_anew_is_read_anew() {
    let (old, new) = (new_key(), new_key());
    let mounted = Mounted::with(&document(&[&old]));
    let client = mounted.client();
    only(&client, &old, &new).await;
    mounted.write(&document(&[&new, &new]));
    only(&client, &new, &old).await;
}

#[tokio::test]
async fn file_that_claims_to_be_as_old_and_as_long_is_read_anew() {
    let (old, new) = (new_key(), new_key());
    let mounted = Mounted::with(&document(&[&old]));
    let modified = fs::metadata(&mounted.file).unwrap().modified().unwrap();
    let client = mounted.client();
    only(&client, &old, &new).await;
    // As a copy that keeps times is written.
    mounted.write(&document(&[&new]));
    let file = fs::File::options().write(true).open(&mounted.file).unwrap();
    file.set_modified(modified).unwrap();
    only(&client, &new, &old).await;
}

#[tokio::test]
async fn file_that_was_replaced_is_read_anew() {
    let (old, new) = (new_key(), new_key());
    let mounted = Mounted::with(&document(&[&old]));
    let client = mounted.client();
    only(&client, &old, &new).await;
    let other = mounted.folder.path().join("new");
    fs::write(&other, document(&[&new])).unwrap();
    fs::rename(other, &mounted.file).unwrap();
    only(&client, &new, &old).await;
}

#[tokio::test]
async fn secret_that_kubernetes_swaps_is_read_anew() {
    // jwks.json -> ..data/jwks.json, and ..data -> a folder for each version, replaced by renaming.
    let (old, new) = (new_key(), new_key());
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (version, key) in [("..1", &old), ("..2", &new)] {
        fs::create_dir(at(version)).unwrap();
        fs::write(at(version).join("jwks.json"), document(&[key])).unwrap();
    }
    symlink("..1", at("..data")).unwrap();
    symlink("..data/jwks.json", at("jwks.json")).unwrap();
    let client = client_by(Authentication::By(Arc::new(tokens_in(&at("jwks.json")))));
    only(&client, &old, &new).await;
    symlink("..2", at("..data_tmp")).unwrap();
    fs::rename(at("..data_tmp"), at("..data")).unwrap();
    fs::remove_dir_all(at("..1")).unwrap();
    only(&client, &new, &old).await;
}

#[tokio::test]
async fn file_that_breaks_keeps_its_keys_and_says_so_once() {
    let (key, other) = (new_key(), new_key());
    let mounted = Mounted::with(&document(&[&key]));
    let client = mounted.client();
    let log = Log::begin();
    only(&client, &key, &other).await;
    assert_eq!(log.count("serve on"), 0);

    mounted.write(&document(&[&other])[..20]);
    only(&client, &key, &other).await;
    only(&client, &key, &other).await;
    assert_eq!(log.count("serve on"), 1);
    fs::remove_file(&mounted.file).unwrap();
    only(&client, &key, &other).await;
    only(&client, &key, &other).await;
    assert_eq!(log.count("serve on"), 2);
    fs::create_dir(&mounted.file).unwrap();
    only(&client, &key, &other).await;
    assert_eq!(log.count("serve on"), 3);

    fs::remove_dir(&mounted.file).unwrap();
    mounted.write(&document(&[&other]));
    only(&client, &other, &key).await;
    assert_eq!(log.count("serve on"), 3);
}

#[tokio::test]
async fn keys_that_were_taken_out_verify_nothing() {
    let key = new_key();
    let mounted = Mounted::with(&document(&[&key]));
    let client = mounted.client();
    assert_eq!(ask(&client, &token(&key)).await, 200);
    mounted.write(&document(&[]));
    assert_eq!(ask(&client, &token(&key)).await, 401);
}

#[test]
fn without_a_key_in_the_file_nothing_starts() {
    let huge = document(&[&new_key()]) + &" ".repeat(100_000);
    for (text, why) in [
        ("", "it is no JSON Web Key Set"),
        ("{}", "it is no JSON Web Key Set"),
        (&huge, "it has more than 64 KiB"),
        (r#"{"keys": []}"#, "it has no key to verify tokens with"),
        (r#"{"keys": [{"kty": "oct", "k": "eA"}]}"#, "key 1 is none of Ed25519"),
    ] {
        let mounted = Mounted::with(text);
        let error = mounted.tokens().prepare().unwrap_err().to_string();
        assert!(error.contains(why) && error.contains("jwks.json"), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
    let nowhere = Path::new("/nowhere/jwks.json");
    let error = tokens_in(nowhere).prepare().unwrap_err().to_string();
    assert!(
        error.starts_with("AUTH_JWKS_FILE is /nowhere/jwks.json: it cannot be read: "),
        "{error}"
    );
    assert!(tokens_in(Path::new("/dev/zero")).prepare().is_err());
    assert!(Mounted::with(&document(&[&new_key()])).tokens().prepare().is_ok());
}

//! Checks that `.sqlx` is what the migrations and the queries of `storage` give, or renews it. It stands apart from
//! `storage`, which does not compile while `.sqlx` is out of date.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, ensure};
use private_postgres::{DATABASE, Options, PrivatePostgres};
use sqlx::postgres::PgPoolOptions;

const COMMITTED: &str = ".sqlx";
/// Its own target folder: another cargo on the same one would find nothing to expand.
const TARGET: &str = "target/sqlx";

fn main() -> ExitCode {
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(std::env::args().nth(1).as_deref())));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Option<&str>) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let fresh = root.join(TARGET).join("queries");
    // As root the server runs as another user, who must be able to enter the folder.
    let enterable = fs::Permissions::from_mode(0o755);
    let folder = tempfile::Builder::new()
        .prefix("dormouse-sqlx-")
        .permissions(enterable)
        .tempdir()?;
    let server = PrivatePostgres::start(Options::new(folder.path()).setting("fsync", "off")).await?;
    let prepared = prepare(&root, &fresh, &server.url(DATABASE)).await;
    server.stop().await?;
    prepared?;
    match command {
        Some("check") => check(&root.join(COMMITTED), &fresh),
        Some("renew") => renew(&root.join(COMMITTED), &fresh),
        _ => anyhow::bail!("say check or renew"),
    }
}

/// Has every query of `storage` described by a migrated database, into `fresh`.
async fn prepare(root: &Path, fresh: &Path, url: &str) -> anyhow::Result<()> {
    let pool = PgPoolOptions::new().max_connections(1).connect(url).await?;
    sqlx::migrate!("../../shared/storage/migrations").run(&pool).await?;
    pool.close().await;
    if fresh.exists() {
        fs::remove_dir_all(fresh)?;
    }
    fs::create_dir_all(fresh)?;
    // Queries are described where their crate is compiled, so it must be compiled anew.
    cargo(root, &["clean", "--quiet", "--package", "storage"], fresh, url)?;
    cargo(root, &["check", "--quiet", "--package", "storage"], fresh, url)
}

fn cargo(root: &Path, arguments: &[&str], fresh: &Path, url: &str) -> anyhow::Result<()> {
    let status = Command::new("cargo")
        .args(arguments)
        .args(["--target-dir", TARGET])
        .current_dir(root)
        .envs([("SQLX_OFFLINE", "false"), ("DATABASE_URL", url)])
        .env("SQLX_OFFLINE_DIR", fresh)
        .status()
        .context("cannot run cargo")?;
    ensure!(status.success(), "cargo {} failed", arguments.join(" "));
    Ok(())
}

fn check(committed: &Path, fresh: &Path) -> anyhow::Result<()> {
    let (committed, fresh) = (queries(committed)?, queries(fresh)?);
    ensure!(!fresh.is_empty(), "no query was described");
    ensure!(
        committed == fresh,
        "{COMMITTED} is out of date: run `make sqlx` and commit what it changes"
    );
    Ok(())
}

fn renew(committed: &Path, fresh: &Path) -> anyhow::Result<()> {
    if committed.exists() {
        fs::remove_dir_all(committed)?;
    }
    fs::create_dir_all(committed)?;
    for (name, content) in queries(fresh)? {
        fs::write(committed.join(name), content)?;
    }
    Ok(())
}

fn queries(folder: &Path) -> anyhow::Result<BTreeMap<PathBuf, String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let query = |path: PathBuf| Ok((path.file_name().unwrap_or_default().into(), fs::read_to_string(&path)?));
    entries.map(|entry| query(entry?.path())).collect()
}

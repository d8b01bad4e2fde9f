//! A PostgreSQL as people have it: private, and durable.

use std::path::{Path, PathBuf};

use private_postgres::{DATABASE, Options, PrivatePostgres};

/// Every function has two connections at most, and there are more than a dozen.
const CONNECTIONS: u16 = 100;

/// A server.
#[derive(Debug)]
pub struct Postgres {
    folder: PathBuf,
    url: String,
    running: Option<PrivatePostgres>,
}

impl Postgres {
    /// Starts one in `folder`.
    ///
    /// # Errors
    /// There is none to start.
    pub async fn start(folder: &Path) -> anyhow::Result<Self> {
        let running = run(folder).await?;
        Ok(Self {
            folder: folder.to_owned(),
            url: running.url(DATABASE),
            running: Some(running),
        })
    }

    /// Where it is, also after it was started again.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its first process, if it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(PrivatePostgres::pid)
    }

    /// Forgets one that was killed, and starts it again.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        // It ends what is left of it first, which blocks.
        let killed = self.running.take();
        tokio::task::spawn_blocking(|| drop(killed)).await?;
        self.running = Some(run(&self.folder).await?);
        Ok(())
    }
}

async fn run(folder: &Path) -> anyhow::Result<PrivatePostgres> {
    let options = Options::new(folder)
        .max_connections(CONNECTIONS)
        // When something was committed, by a clock that no test moves.
        .setting("track_commit_timestamp", "on")
        .die_with_parent(true);
    Ok(PrivatePostgres::start(options).await?)
}

//! Dead letters: listing, showing and replaying them. An id is `user/number/function`.

use anyhow::Context;
use chrono::Utc;
use domain::UserId;
use events::cloud_event;
use runtime::Clock;
use storage::{
    Database,
    dead_letters::{self, DeadLetter},
    installation,
    log::history,
    retries::DeliveryKey,
};

use super::print;
use crate::cli::DeadLetters;

/// The most that one replay takes from the table at once.
const PAGE: i64 = 500;

/// Does what `command` asks.
///
/// # Errors
/// There is no such dead letter, or the database is away.
pub async fn run(command: DeadLetters, database: &Database) -> anyhow::Result<()> {
    let now = Clock::system().now();
    match command {
        DeadLetters::List { limit } => list(database, i64::from(limit)).await,
        DeadLetters::Show { id } => show(database, &parse(&id)?).await,
        DeadLetters::Replay { id: Some(id), .. } => replay(database, &parse(&id)?, now).await,
        DeadLetters::Replay { id: None, .. } => replay_all(database, now).await,
    }
}

async fn list(database: &Database, limit: i64) -> anyhow::Result<()> {
    let mut session = database.session().await?;
    let letters = dead_letters::list(&mut session, limit).await?;
    session.finish().await?;
    for letter in &letters {
        print(&line(letter));
    }
    if letters.is_empty() {
        print("There are no dead letters.");
    }
    Ok(())
}

async fn show(database: &Database, key: &DeliveryKey) -> anyhow::Result<()> {
    let mut session = database.session().await?;
    let letter = dead_letters::load(&mut session, key)
        .await?
        .context("there is no such dead letter")?;
    let event = history::event(&mut session, key.user, key.seq)
        .await?
        .context("its event is gone")?;
    let installation = installation::id(&mut session).await?;
    session.finish().await?;
    print(&line(&letter));
    print(&serde_json::to_string_pretty(&cloud_event::to_json(
        &event,
        installation,
    ))?);
    Ok(())
}

async fn replay(database: &Database, key: &DeliveryKey, now: chrono::DateTime<Utc>) -> anyhow::Result<()> {
    let mut transaction = database.begin().await?;
    let is_there = dead_letters::replay(&mut transaction, key, now).await?;
    transaction.commit().await.map_err(storage::Error::from)?;
    anyhow::ensure!(is_there, "there is no such dead letter");
    print("It will be tried again by the dormouse that runs, or the next that starts.");
    Ok(())
}

async fn replay_all(database: &Database, now: chrono::DateTime<Utc>) -> anyhow::Result<()> {
    let mut replayed = 0_u64;
    loop {
        let mut transaction = database.begin().await?;
        // One that dies again is newer than this command, so it is not replayed twice.
        let letters = dead_letters::list_until(&mut transaction, now, PAGE).await?;
        for letter in &letters {
            replayed += u64::from(dead_letters::replay(&mut transaction, &letter.key, now).await?);
        }
        transaction.commit().await.map_err(storage::Error::from)?;
        if letters.is_empty() {
            break;
        }
    }
    print(&format!(
        "{replayed} will be tried again by the dormouse that runs, or the next that starts."
    ));
    Ok(())
}

fn line(letter: &DeadLetter) -> String {
    let DeliveryKey { user, seq, consumer } = &letter.key;
    let (died_at, attempts, error) = (letter.died_at, letter.attempts, letter.error.replace('\n', " "));
    format!("{user}/{seq}/{consumer}  {died_at}  after {attempts} tries: {error}")
}

fn parse(id: &str) -> anyhow::Result<DeliveryKey> {
    read(id).with_context(|| format!("{id:?} is no id as `dormouse dead-letters list` prints it"))
}

fn read(id: &str) -> Option<DeliveryKey> {
    let mut parts = id.splitn(3, '/');
    Some(DeliveryKey {
        user: UserId(parts.next()?.parse().ok()?),
        seq: parts.next()?.parse().ok()?,
        consumer: parts.next()?.to_owned(),
    })
}

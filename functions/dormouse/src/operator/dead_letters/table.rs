//! The dead letters of in-process delivery. An id is `user/number/function`.

use anyhow::Context;
use chrono::{DateTime, Utc};
use domain::UserId;
use events::cloud_event;
use storage::{
    Database,
    dead_letters::{self, DeadLetter},
    installation,
    log::history,
    retries::DeliveryKey,
};

use super::newest::Newest;
use crate::{cli::Filter, operator::print};

/// The most that one replay takes from the table at once.
const PAGE: i64 = 500;

pub(super) async fn list(database: &Database, filter: &Filter, limit: u32, newest: &mut Newest) -> anyhow::Result<()> {
    let mut session = database.session().await?;
    let letters = dead_letters::list(&mut session, &of_table(filter), i64::from(limit)).await?;
    session.finish().await?;
    for letter in &letters {
        newest.add(letter.died_at, line(letter));
    }
    Ok(())
}

pub(super) async fn show(database: &Database, key: &DeliveryKey) -> anyhow::Result<()> {
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

pub(super) async fn replay(database: &Database, key: &DeliveryKey, now: DateTime<Utc>) -> anyhow::Result<()> {
    let mut transaction = database.begin().await?;
    let is_there = dead_letters::replay(&mut transaction, key, now).await?;
    transaction.commit().await.map_err(storage::Error::from)?;
    anyhow::ensure!(is_there, "there is no such dead letter");
    print("It will be tried again by the dormouse that runs, or the next that starts.");
    Ok(())
}

pub(super) async fn replay_all(database: &Database, filter: &Filter, now: DateTime<Utc>) -> anyhow::Result<()> {
    // One that dies again is newer than this command, so it is not replayed twice.
    let until = filter.until.map_or(now, |until| until.min(now));
    let filter = dead_letters::Filter {
        until: Some(until),
        ..of_table(filter)
    };
    let mut replayed = 0_u64;
    loop {
        let mut transaction = database.begin().await?;
        let letters = dead_letters::list(&mut transaction, &filter, PAGE).await?;
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

pub(super) fn parse(id: &str) -> Option<DeliveryKey> {
    let mut parts = id.splitn(3, '/');
    Some(DeliveryKey {
        user: UserId(parts.next()?.parse().ok()?),
        seq: parts.next()?.parse().ok()?,
        consumer: parts.next()?.to_owned(),
    })
}

fn of_table(filter: &Filter) -> dead_letters::Filter {
    let filter = filter.clone();
    dead_letters::Filter {
        since: filter.since,
        until: filter.until,
        consumer: filter.function,
        user: filter.user.map(UserId),
        kind: filter.kind,
        error: filter.error.unwrap_or_default(),
    }
}

fn line(letter: &DeadLetter) -> String {
    let DeliveryKey { user, seq, consumer } = &letter.key;
    let (died_at, attempts, error) = (letter.died_at, letter.attempts, letter.error.replace('\n', " "));
    format!("{user}/{seq}/{consumer}  {died_at}  after {attempts} tries: {error}")
}

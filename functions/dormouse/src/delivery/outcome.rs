//! Noting what came of an attempt, so that the log can go on and nothing is forgotten. An attempt that could not be
//! noted is not spent: the event will be tried again.

use runtime::App;
use storage::{
    Error, PgConnection, dead_letters,
    retries::{self, DeliveryKey, Retry},
};

use super::{Attempt, backoff};

/// Notes what came of the first attempt at `key`.
///
/// # Errors
/// [`Error`] when it could not be noted.
pub(super) async fn note_first(app: &App, key: &DeliveryKey, attempt: &Attempt) -> Result<(), Error> {
    let mut transaction = match attempt {
        Attempt::Done => return Ok(()),
        _ => app.database.begin().await?,
    };
    match attempt {
        Attempt::Done => {}
        Attempt::NotNow(why) => {
            let next = app.clock.now() + backoff::pause_after(1);
            retries::put(&mut transaction, key, 1, why, next).await?;
        }
        Attempt::Never(why) => bury(app, &mut transaction, key, 1, why).await?,
    }
    Ok(transaction.commit().await?)
}

/// Notes what came of trying `retry` again.
///
/// # Errors
/// [`Error`] when it could not be noted.
pub(super) async fn note_again(app: &App, retry: &Retry, attempt: &Attempt) -> Result<(), Error> {
    let attempts = retry.attempts + 1;
    let mut transaction = app.database.begin().await?;
    match attempt {
        Attempt::Done => retries::remove(&mut transaction, &retry.key).await?,
        Attempt::NotNow(why) if attempts < backoff::ATTEMPTS => {
            let next = app.clock.now() + backoff::pause_after(attempts);
            retries::postpone(&mut transaction, retry, why, next).await?;
        }
        Attempt::NotNow(why) | Attempt::Never(why) => {
            if retries::give_up(&mut transaction, retry).await? {
                bury(app, &mut transaction, &retry.key, attempts, why).await?;
            }
        }
    }
    Ok(transaction.commit().await?)
}

async fn bury(
    app: &App,
    connection: &mut PgConnection,
    key: &DeliveryKey,
    attempts: i32,
    why: &str,
) -> Result<(), Error> {
    dead_letters::bury(connection, key, attempts, why, app.clock.now()).await?;
    metrics::counter!("dead_letters_total", "consumer" => key.consumer.clone()).increment(1);
    tracing::error!(user_id = %key.user, seq = key.seq, consumer = key.consumer, attempts, "a dead letter");
    Ok(())
}

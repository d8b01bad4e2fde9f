//! Noting what came of an attempt, so that the log can go on and nothing is forgotten.

use runtime::App;
use storage::{
    dead_letters,
    retries::{self, DeliveryKey},
};

use super::{Attempt, backoff};

/// Notes what came of the attempt at `key`. `noted` is how many failed attempts the retry table has of it; `None` when
/// it has none of it.
///
/// # Errors
/// [`storage::Error`] when it could not be noted: the attempt is not spent, and the event will be tried again.
pub(super) async fn note(
    app: &App,
    key: &DeliveryKey,
    noted: Option<i32>,
    attempt: Attempt,
) -> Result<(), storage::Error> {
    let attempts = noted.unwrap_or(0) + 1;
    let now = app.clock.now();
    let mut transaction = match attempt {
        Attempt::Done if noted.is_none() => return Ok(()),
        _ => app.database.begin().await?,
    };
    match attempt {
        Attempt::Done => retries::remove(&mut transaction, key).await?,
        Attempt::NotNow(why) if attempts < backoff::ATTEMPTS => {
            retries::put(
                &mut transaction,
                key,
                attempts,
                &why,
                now + backoff::pause_after(attempts),
            )
            .await?;
        }
        Attempt::NotNow(why) | Attempt::Never(why) => {
            dead_letters::bury(&mut transaction, key, attempts, &why, now).await?;
            metrics::counter!("dead_letters_total", "consumer" => key.consumer.clone()).increment(1);
            tracing::error!(user_id = %key.user, seq = key.seq, consumer = key.consumer, attempts, "a dead letter");
        }
    }
    Ok(transaction.commit().await?)
}

//! A batch of messages on its way: what became of each is noted together, and whoever waits is woken once for all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rdkafka::error::KafkaError;
use tokio::sync::Notify;

/// A batch on its way.
#[derive(Debug, Default)]
pub(crate) struct OnItsWay {
    known: Mutex<Known>,
    is_over: Notify,
}

/// What is known of it.
#[derive(Debug, Default)]
struct Known {
    /// How many messages were sent, once all were.
    sent: Option<usize>,
    /// Of how many it is known what became of them.
    decided: usize,
    /// The first that was refused, and why.
    refused: Option<(usize, KafkaError)>,
}

/// One of its messages: the how-manieth.
#[derive(Debug)]
pub(crate) struct Place {
    batch: Arc<OnItsWay>,
    number: usize,
}

impl OnItsWay {
    /// Its message number `number`, from 0.
    pub(crate) fn place(self: &Arc<Self>, number: usize) -> Box<Place> {
        Box::new(Place {
            batch: Arc::clone(self),
            number,
        })
    }

    /// Waits until it is known what became of all `sent` messages, and answers how many of the first were acknowledged,
    /// and why no more.
    pub(crate) async fn over(&self, sent: usize) -> (usize, Option<KafkaError>) {
        self.known().sent = Some(sent);
        while self.known().decided < sent {
            self.is_over.notified().await;
        }
        match self.known().refused.take() {
            Some((first, error)) => (first, Some(error)),
            None => (sent, None),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Notes what became of it.
    pub(crate) fn decide(self, refused: Option<KafkaError>) {
        let mut known = self.batch.known();
        known.decided += 1;
        if let Some(error) = refused
            && known.refused.as_ref().is_none_or(|(first, _)| self.number < *first)
        {
            known.refused = Some((self.number, error));
        }
        if known.sent == Some(known.decided) {
            self.batch.is_over.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::error::RDKafkaErrorCode;

    use super::*;

    const REFUSED: KafkaError = KafkaError::MessageProduction(RDKafkaErrorCode::MessageSizeTooLarge);

    #[tokio::test]
    async fn as_many_are_acknowledged_as_come_before_the_first_that_was_refused() {
        let batch = Arc::new(OnItsWay::default());
        let places: Vec<_> = (0..4).map(|number| batch.place(number)).collect();
        let deciding = async {
            // In any order, as they are in several partitions.
            for (place, refused) in places.into_iter().zip([None, Some(REFUSED), None, Some(REFUSED)]).rev() {
                tokio::task::yield_now().await;
                place.decide(refused);
            }
        };
        let (over, ()) = tokio::join!(batch.over(4), deciding);
        assert_eq!(over, (1, Some(REFUSED)));
    }

    #[tokio::test]
    async fn batch_whose_messages_were_all_decided_before_anybody_waited_is_over() {
        let batch = Arc::new(OnItsWay::default());
        for number in 0..2 {
            batch.place(number).decide(None);
        }
        assert_eq!(batch.over(2).await, (2, None));
    }
}

//! Publishing events so that Kafka has each at least once, and in each topic the first appearances of a user's in order.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use events::Recorded;
use rdkafka::{
    ClientConfig,
    error::{KafkaError, RDKafkaErrorCode},
    producer::{BaseRecord, Producer, PurgeConfig, ThreadedProducer},
};
use uuid::Uuid;

use crate::{
    Settings,
    away::Away,
    ending::let_go,
    message,
    on_its_way::{OnItsWay, Place},
};

/// How long to wait until the client has room again.
const NO_ROOM: Duration = Duration::from_millis(5);
/// How long a client may take to end: far longer than it takes, and less than a process that is told to stop has left.
const END_PATIENCE: Duration = Duration::from_secs(1);

/// Publishes.
pub struct Publisher {
    /// There until this is dropped.
    producer: Option<ThreadedProducer<Away>>,
    away: Away,
    installation: Uuid,
    /// Held while a message is handed to the client: what is handed over before it is given up is given up with it.
    is_given_up: Mutex<bool>,
}

/// How far a batch came.
#[derive(Debug)]
pub struct Published {
    /// How many of the first events Kafka has acknowledged. Later ones may be there, too.
    pub acknowledged: usize,
    /// Why no more.
    pub failure: Option<KafkaError>,
}

impl Publisher {
    /// A publisher of `installation`'s events.
    ///
    /// # Errors
    /// The settings are of no use to the client.
    pub fn new(settings: &Settings, installation: Uuid) -> Result<Self, KafkaError> {
        Self::knowing(Away::default(), settings, installation)
    }

    /// Another in place of this one, which knows what this one has said already.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn renewed(&self, settings: &Settings) -> Result<Self, KafkaError> {
        Self::knowing(self.away.clone(), settings, self.installation)
    }

    fn knowing(away: Away, settings: &Settings, installation: Uuid) -> Result<Self, KafkaError> {
        Ok(Self {
            producer: Some(Self::client(settings).create_with_context(away.clone())?),
            away,
            installation,
            is_given_up: Mutex::default(),
        })
    }

    /// What the client is told, for whoever compares another one with it.
    #[must_use]
    pub fn client(settings: &Settings) -> ClientConfig {
        let mut client = settings.client();
        client
            .set("acks", "all")
            .set("enable.idempotence", "true")
            // A message that is given up must not be followed by a later one in its partition.
            .set("enable.gapless.guarantee", "true")
            // Never given up while Kafka is away: whoever waits decides.
            .set("message.timeout.ms", "0")
            // A topic that was lost is refused, and said to be, well before anybody takes this client for stuck.
            .set("topic.metadata.propagation.max.ms", "5000")
            .set("linger.ms", "1")
            .set("compression.type", "lz4")
            .set("queue.buffering.max.kbytes", "16384");
        client
    }

    /// Publishes the events of one user, in order, and waits until Kafka has acknowledged or refused each. A caller who
    /// gives up must take it that any of them may be there, or come to be.
    pub async fn publish(&self, events: &[Recorded]) -> Published {
        let batch = Arc::new(OnItsWay::default());
        let (mut sent, mut unsent) = (0, None);
        for recorded in events {
            match self.send(recorded, batch.place(sent)).await {
                Ok(()) => sent += 1,
                Err(error) => {
                    unsent = Some(error);
                    break;
                }
            }
        }
        let (acknowledged, refused) = batch.over(sent).await;
        if acknowledged > 0 {
            self.away.is_over();
        }
        Published {
            acknowledged,
            failure: refused.or(unsent),
        }
    }

    /// Whether this publisher is of no use any more, and another has to take over.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        *self.given_up() || self.producer().client().fatal_error().is_some()
    }

    /// Whether no broker can be reached, so that nobody else could publish either.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.away.is_away()
    }

    /// Gives up all that is on its way, so that it ends as refused in a moment; some of it may be there all the same. This
    /// publisher is of no use any more then, and takes nothing: it would come before what was given up.
    pub fn give_up(&self) {
        *self.given_up() = true;
        // The client's threads may be looking up a name, and are not waited for.
        self.producer()
            .purge(PurgeConfig::default().queue().inflight().non_blocking());
    }

    fn given_up(&self) -> MutexGuard<'_, bool> {
        self.is_given_up.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn producer(&self) -> &ThreadedProducer<Away> {
        self.producer.as_ref().expect("it is there until this is dropped")
    }

    async fn send(&self, recorded: &Recorded, place: Box<Place>) -> Result<(), KafkaError> {
        let event = &recorded.event;
        let (key, topic) = (event.user_id.to_string(), event.kind.as_str());
        let mut record = BaseRecord::with_opaque_to(topic, place)
            .key(&key)
            .payload(&event.data)
            .headers(message::headers(recorded, self.installation));
        loop {
            let sent = {
                let is_given_up = self.given_up();
                if *is_given_up {
                    return Err(KafkaError::MessageProduction(RDKafkaErrorCode::PurgeQueue));
                }
                self.producer().send(record)
            };
            match sent {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    record = back;
                    tokio::time::sleep(NO_ROOM).await;
                }
                Err((error, _)) => return Err(error),
            }
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        // Nobody waits any more for what one that broke has under way.
        let patience = if self.is_broken() { Duration::ZERO } else { END_PATIENCE };
        let_go(self.producer.take(), patience);
    }
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publisher").finish_non_exhaustive()
    }
}

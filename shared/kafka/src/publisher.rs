//! Publishing events so that Kafka has each at least once, and in each topic the first appearances of a user's in order.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};

use events::Recorded;
use rdkafka::{
    ClientConfig, ClientContext,
    config::RDKafkaLogLevel,
    error::{KafkaError, RDKafkaErrorCode},
    producer::{BaseRecord, DeliveryResult, Producer, ProducerContext, PurgeConfig, ThreadedProducer},
};
use uuid::Uuid;

use crate::{
    Settings, message,
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

type Message<'a> = BaseRecord<'a, String, String, Box<Place>>;

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
            // A topic is created as this project says, or not at all: by the brokers' defaults it would have one partition.
            .set("allow.auto.create.topics", "false")
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
        self.is_given_up() || self.producer().client().fatal_error().is_some()
    }

    /// Whether it was given up.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        *self.given_up()
    }

    /// Whether no broker can be reached, so that nobody else could publish either.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.away.0.load(Ordering::Relaxed)
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
            match self.hand_over(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    record = back;
                    tokio::time::sleep(NO_ROOM).await;
                }
                Err((error, _)) => return Err(error),
            }
        }
    }

    fn hand_over<'a>(&self, record: Message<'a>) -> Result<(), (KafkaError, Message<'a>)> {
        let is_given_up = self.given_up();
        if *is_given_up {
            return Err((KafkaError::MessageProduction(RDKafkaErrorCode::PurgeQueue), record));
        }
        self.producer().send(record)
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        // Nobody waits any more for what one that broke has under way.
        let patience = if self.is_broken() { Duration::ZERO } else { END_PATIENCE };
        let_go(self.producer.take(), patience);
    }
}

/// Drops `client` on a thread of its own, and waits for that no longer than `patience`. Its threads wait by the machine's wall
/// clock, and sleep on for as long as that was set back, or look up a name for long; dropping it waits for them.
fn let_go(client: impl Send + 'static, patience: Duration) {
    let (end, ended) = mpsc::channel::<()>();
    std::thread::spawn(move || {
        drop(client);
        drop(end);
    });
    // Whether it ended or not: nothing of it is needed any more.
    let _ = ended.recv_timeout(patience);
}

/// Says once that Kafka is away, and once that it is back. What is on its way waits meanwhile.
#[derive(Debug, Clone, Default)]
struct Away(Arc<AtomicBool>);

impl Away {
    fn is_over(&self) {
        if self.0.swap(false, Ordering::Relaxed) {
            tracing::info!("Kafka takes events again");
        }
    }
}

impl ClientContext for Away {
    fn log(&self, _: RDKafkaLogLevel, facility: &str, message: &str) {
        tracing::debug!(facility, message, "librdkafka");
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(%error, reason, "librdkafka");
        let is_away = matches!(
            error,
            KafkaError::Global(
                RDKafkaErrorCode::AllBrokersDown | RDKafkaErrorCode::Authentication | RDKafkaErrorCode::SSL
            )
        );
        if is_away && !self.0.swap(true, Ordering::Relaxed) {
            tracing::error!(%error, reason, "Kafka cannot be reached; events wait in the log");
        }
    }
}

impl ProducerContext for Away {
    type DeliveryOpaque = Box<Place>;

    fn delivery(&self, result: &DeliveryResult<'_>, place: Box<Place>) {
        place.decide(result.as_ref().err().map(|(error, _)| error.clone()));
    }
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publisher").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something that ends only when it is let.
    struct Stuck(mpsc::Receiver<()>);

    impl Drop for Stuck {
        fn drop(&mut self) {
            let _ = self.0.recv();
        }
    }

    #[test]
    fn client_whose_threads_sleep_on_holds_nobody_up() {
        let (release, stuck) = mpsc::channel();
        let_go(Stuck(stuck), Duration::from_millis(10));
        drop(release);
    }

    #[test]
    fn client_that_ends_is_waited_for() {
        let client = Arc::new(());
        let_go(Arc::clone(&client), Duration::from_secs(60));
        assert_eq!(Arc::strong_count(&client), 1);
    }
}

//! A stream of a user's events as server-sent events (HTML Living Standard §9.2): what its client does not take waits in
//! the log, not here.

use std::{collections::VecDeque, convert::Infallible, time::Duration};

use axum::response::sse::{Event, KeepAlive};
use domain::UserId;
use events::{Recorded, cloud_event};
use futures_util::{Stream as Events, stream};
use runtime::CancellationToken;
use storage::{
    Database,
    log::changes::{self, Standing},
};
use tokio::time::Instant;

use crate::{tail::Watch, token};

/// How long a stream lasts at most, so that whatever runs it can be replaced; its client goes on from where it was.
pub(crate) const LONGEST: Duration = Duration::from_secs(300);
/// How soon its client comes back.
const COME_BACK: Duration = Duration::from_secs(1);
/// The most events read at a time.
const EVENTS: usize = 20;

/// What is sent while nothing happens, so that nobody on the way takes the stream for dead.
pub(crate) fn keep_alive() -> KeepAlive {
    KeepAlive::new().interval(Duration::from_secs(15))
}

/// A stream on its way.
#[derive(Debug)]
pub(crate) struct Stream {
    database: Database,
    user: UserId,
    standing: Standing,
    /// The number of the last event that was read.
    position: i64,
    watch: Watch,
    read: VecDeque<Recorded>,
    /// Whether more was there to read.
    has_more: bool,
    is_begun: bool,
    ends: Instant,
}

impl Stream {
    /// The events of `user` after `position`.
    pub(crate) fn new(database: Database, user: UserId, standing: Standing, position: i64, watch: Watch) -> Self {
        Self {
            database,
            user,
            standing,
            position,
            watch,
            read: VecDeque::new(),
            has_more: true,
            is_begun: false,
            ends: Instant::now() + LONGEST,
        }
    }

    async fn next(&mut self) -> Option<Event> {
        if !self.is_begun {
            self.is_begun = true;
            // Whoever is cut off before the first event goes on from here too.
            let token = token::write(self.user, self.standing.era, self.position);
            return Some(Event::default().id(token).retry(COME_BACK));
        }
        loop {
            if let Some(event) = self.read.pop_front() {
                return Some(self.event(&event));
            }
            if !self.has_more {
                self.watch.beyond(self.standing.era, self.position).await?;
            }
            // What a reading takes of memory, it takes for as long as it lasts: most streams are idle most of the time.
            Box::pin(self.read()).await?;
        }
    }

    /// Reads what comes next; `None` where the stream cannot go on, and its client has to ask again.
    async fn read(&mut self) -> Option<()> {
        let read = async {
            let mut session = self.database.session().await?;
            let standing = changes::standing(&mut session, self.user).await?;
            let changes = changes::after(&mut session, self.user, self.position, EVENTS).await?;
            session.finish().await?;
            Ok::<_, storage::Error>((standing, changes))
        };
        let (standing, changes) = read
            .await
            .inspect_err(|error| tracing::warn!(%error, "a stream ends because the log cannot be read"))
            .ok()?;
        if !standing.goes_on_from(self.standing.era, self.position) {
            return None;
        }
        self.position = changes.upto;
        self.has_more = changes.has_more;
        self.read.extend(changes.events);
        Some(())
    }

    fn event(&self, recorded: &Recorded) -> Event {
        let document = cloud_event::to_json(recorded, self.standing.installation);
        Event::default()
            .id(token::write(self.user, self.standing.era, recorded.seq))
            .event(recorded.event.kind.as_str())
            .data(document.to_string())
    }
}

/// The stream's events, until it has lasted long enough, or `stop`.
pub(crate) fn of(stream: Stream, stop: CancellationToken) -> impl Events<Item = Result<Event, Infallible>> {
    // It moves from event to event, and is in memory twice where it does.
    let stream = Box::new(stream);
    stream::unfold((stream, stop), async |(mut stream, stop)| {
        let ends = stream.ends;
        let event = tokio::select! {
            () = stop.cancelled() => None,
            () = tokio::time::sleep_until(ends) => None,
            event = stream.next() => event,
        };
        event.map(|event| (Ok(event), (stream, stop)))
    })
}

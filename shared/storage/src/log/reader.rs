//! Reading the log in order: who is behind, what comes next for them, and how far it was passed on.
//!
//! Events are passed on at least once, first appearances in each user's order, whatever is killed: a position is
//! raised only after what stands up to it was passed on. Two readers at once can only repeat each other.
//!
//! A position that is stored is a new version of the user's head, and a mark that is deleted and set anew one of the mark:
//! as long as a transaction holds an older snapshot, all of them stay, and whoever looks for the head or for marks
//! visits them. So whoever reads stores now and then, not after each event, and asks the events themselves, of which there are
//! no versions, how a log goes on after what it remembers; marks of users who are caught up stand meanwhile.

mod rows;

use std::collections::{HashMap, HashSet};

use domain::UserId;
use events::Recorded;
use sqlx::PgConnection;

use self::rows::{Place, bytes_of, places, raise, rows_after, users_marked};
use super::EventRow;
use crate::{Database, Error};

/// The most events of one user in one reading.
const EVENTS: i64 = 100;
/// The most users in one reading, and whose heads one transaction holds.
const USERS: usize = 64;
/// The most marks that are looked at for them at once, where those before were of users who are caught up.
const MARKS: i64 = 1_024;
const FEW_MARKS: i64 = 64;

/// The events of one user that come next, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Whose.
    pub user: UserId,
    /// The events, without those of [`Unknown`] kinds.
    pub events: Vec<Recorded>,
    /// The number of the last event read, readable or not.
    pub upto: i64,
}

impl Batch {
    /// About how much memory its events take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.events.iter().map(|recorded| bytes_of(&recorded.event.data)).sum()
    }

    /// Keeps at most the first `len` events; the others come next.
    pub fn truncate(&mut self, len: usize) {
        if self.events.len() > len {
            self.events.truncate(len);
            self.upto = self.events.last().map_or(self.upto, |last| last.seq);
        }
    }
}

/// What becomes of events of kinds that this release does not know, such as a newer one records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unknown {
    /// They count as passed on: nothing here takes them, and they must not hold up what follows.
    #[default]
    Skip,
    /// They and what follows them wait for a release that knows them.
    Wait,
}

/// A reader of the log and how far it has come. It remembers what was passed on but is not stored yet, so that it repeats
/// nothing while it lives.
#[derive(Debug)]
pub struct Reader {
    /// The server's timeline on which all that happened; any where it is not known.
    timeline: Option<String>,
    passed_on: HashMap<UserId, i64>,
    /// Of those, whose heads were held when they were to be stored.
    late: HashSet<UserId>,
    /// Whom the last page ended with; none where the next one is the first.
    resume_after: Option<UserId>,
    /// How many marks to look at.
    marks: i64,
    /// How many events of each user to ask for: fewer where the last reading would have become too long.
    events: i64,
    unknown: Unknown,
    /// Whose log goes on with an event of a kind that is not known, and its number.
    waiting: HashMap<UserId, i64>,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new(Unknown::default(), None)
    }
}

impl Reader {
    /// A reader that has not come far. On another `timeline` of the server's than the one that is given, it finds nobody
    /// behind and raises nothing: events that it passed on may have been lost by a failover, and their numbers given to
    /// others.
    #[must_use]
    pub fn new(unknown: Unknown, timeline: Option<String>) -> Self {
        Self {
            timeline,
            passed_on: HashMap::new(),
            late: HashSet::new(),
            resume_after: None,
            marks: FEW_MARKS,
            events: EVENTS,
            unknown,
            waiting: HashMap::new(),
        }
    }

    /// What comes next for some of the users who are behind, except for those `in_hand`, whose last batch is not done
    /// with. Readings take the users in turn, so that one whose events cannot be passed on does not keep the others
    /// waiting. Empty when nobody else is behind.
    ///
    /// # Errors
    /// [`Error`] when the log could not be read; nothing was skipped.
    pub async fn next(&mut self, connection: &mut PgConnection, in_hand: &[UserId]) -> Result<Vec<Batch>, Error> {
        let mut is_from_the_first = self.resume_after.is_none();
        loop {
            let batches = self.next_page(connection, in_hand).await?;
            let is_last = self.resume_after.is_none();
            if !batches.is_empty() || (is_last && is_from_the_first) {
                return Ok(batches);
            }
            is_from_the_first |= is_last;
        }
    }

    /// What comes next for a page of those who are marked; some of them may have their marks only.
    async fn next_page(&mut self, connection: &mut PgConnection, in_hand: &[UserId]) -> Result<Vec<Batch>, Error> {
        let timeline = self.timeline.as_deref();
        let marked = users_marked(connection, self.resume_after, in_hand, self.marks, timeline).await?;
        let is_full = i64::try_from(marked.len()) == Ok(self.marks);
        let last = marked.last().filter(|_| is_full).copied();
        let known: Vec<_> = marked.iter().map(|user| self.passed_on.get(user).copied()).collect();
        let mut behind = self.behind(places(connection, &marked, &known).await?);
        self.marks = if behind.is_empty() { MARKS } else { FEW_MARKS };
        self.resume_after = if behind.len() > USERS {
            behind.truncate(USERS);
            behind.last().map(|(user, _)| *user)
        } else {
            last
        };
        let (rows, is_whole) = rows_after(connection, &behind, self.events).await?;
        if is_whole {
            self.events = EVENTS.min(self.events + self.events / 8 + 1);
        } else {
            // Those who come after the last row have their turn next, and the next reading is likely to hold all it asks for.
            self.resume_after = rows.last().map_or(self.resume_after, |row| Some(UserId(row.user_id)));
            self.events = i64::try_from(rows.len() / behind.len()).map_or(EVENTS, |events| events.clamp(1, EVENTS));
        }
        Ok(self.batches(rows))
    }

    /// Those of whom something is left to pass on, and after which event. Of the others only the marks stand, which go when
    /// that is stored.
    fn behind(&mut self, places: Vec<Place>) -> Vec<(UserId, i64)> {
        let mut behind = Vec::new();
        for place in places {
            if self.waiting.get(&place.user) == Some(&(place.position + 1)) {
                // This release never learns of its kind.
            } else if place.is_behind {
                behind.push((place.user, place.position));
            } else {
                self.passed_on(place.user, place.position);
            }
        }
        behind
    }

    /// The rows, which are in order, by their users.
    fn batches(&mut self, rows: Vec<EventRow>) -> Vec<Batch> {
        let mut batches: Vec<Batch> = Vec::new();
        let mut held_up = None;
        for row in rows {
            let (user, upto) = (UserId(row.user_id), row.seq);
            if held_up == Some(user) {
                continue;
            }
            let readable = Recorded::try_from(row).ok();
            if readable.is_none() && self.unknown == Unknown::Wait {
                held_up = Some(user);
                if self.waiting.insert(user, upto) != Some(upto) {
                    tracing::warn!(user_id = %user, seq = upto, "an event waits for a release that knows its kind");
                }
                continue;
            }
            match batches.last_mut() {
                Some(batch) if batch.user == user => {
                    batch.events.extend(readable);
                    batch.upto = upto;
                }
                _ => batches.push(Batch {
                    user,
                    events: readable.into_iter().collect(),
                    upto,
                }),
            }
        }
        batches
    }

    /// Notes that everything of `user` up to `seq` was passed on.
    pub fn passed_on(&mut self, user: UserId, seq: i64) {
        let position = self.passed_on.entry(user).or_default();
        *position = seq.max(*position);
    }

    /// Whether there is something to store.
    #[must_use]
    pub fn has_unstored(&self) -> bool {
        !self.passed_on.is_empty()
    }

    /// Stores how far each user was passed on, except for those whose heads are held just now: theirs is stored late.
    ///
    /// # Errors
    /// [`Error`] when it could not be stored; it stays remembered.
    pub async fn store(&mut self, database: &Database) -> Result<(), Error> {
        self.store_positions(database, self.passed_on.clone().into_iter().collect())
            .await
    }

    /// Stores what was to be stored when the heads were held, for those whose heads are not any more.
    ///
    /// # Errors
    /// As [`Self::store`].
    pub async fn store_late(&mut self, database: &Database) -> Result<(), Error> {
        let late = self.late.iter();
        let positions = late.filter_map(|user| self.passed_on.get_key_value(user));
        self.store_positions(database, positions.map(|(user, seq)| (*user, *seq)).collect())
            .await
    }

    async fn store_positions(&mut self, database: &Database, positions: Vec<(UserId, i64)>) -> Result<(), Error> {
        for positions in positions.chunks(USERS) {
            let mut session = database.session().await?;
            let raised = raise(&mut session, positions, self.timeline.as_deref()).await?;
            session.finish().await?;
            self.late.extend(positions.iter().map(|(user, _)| *user));
            for user in raised {
                self.passed_on.remove(&user);
                self.late.remove(&user);
            }
        }
        Ok(())
    }
}

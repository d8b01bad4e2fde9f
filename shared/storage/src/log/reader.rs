//! Reading the log in order: who is behind, what comes next for them, and how far it was passed on.
//!
//! Events are passed on at least once, first appearances in each user's order, whatever is killed: a position is
//! raised only after what stands up to it was passed on. Two readers at once can only repeat each other.

mod rows;

use std::collections::{HashMap, HashSet};

use domain::UserId;
use events::Recorded;
use sqlx::PgConnection;
use uuid::Uuid;

use self::rows::{Behind, USERS, bytes_of, raise, rows_after, users_behind};
use super::EventRow;
use crate::Error;

/// The most events of one user in one reading.
const EVENTS: i64 = 100;

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

/// A reader of the log and how far it has come. It remembers what was passed on but could not be marked yet, because
/// a command held the head, so that it repeats nothing while it lives.
#[derive(Debug)]
pub struct Reader {
    passed_on: HashMap<UserId, i64>,
    resume_after: Uuid,
    /// How many events of each user to ask for: fewer where the last reading would have become too long.
    events: i64,
    unknown: Unknown,
    /// Who waits for another release: said once.
    waiting: HashSet<UserId>,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new(Unknown::default())
    }
}

impl Reader {
    /// A reader that has not come far.
    #[must_use]
    pub fn new(unknown: Unknown) -> Self {
        Self {
            passed_on: HashMap::new(),
            resume_after: Uuid::nil(),
            events: EVENTS,
            unknown,
            waiting: HashSet::new(),
        }
    }

    /// What comes next for some of the users who are behind, except for those `in_hand`, whose last batch is not done
    /// with. Readings take the users in turn, so that one whose events cannot be passed on does not keep the others
    /// waiting. Empty when nobody else is behind.
    ///
    /// # Errors
    /// [`Error`] when the log could not be read; nothing was skipped.
    pub async fn next(&mut self, connection: &mut PgConnection, in_hand: &[UserId]) -> Result<Vec<Batch>, Error> {
        let mut is_from_the_first = self.resume_after.is_nil();
        loop {
            let batches = self.next_page(connection, in_hand).await?;
            let is_last = self.resume_after.is_nil();
            if !batches.is_empty() || (is_last && is_from_the_first) {
                return Ok(batches);
            }
            is_from_the_first |= is_last;
        }
    }

    /// What comes next for a page of those who are marked; some of them may have their marks only.
    async fn next_page(&mut self, connection: &mut PgConnection, in_hand: &[UserId]) -> Result<Vec<Batch>, Error> {
        let mut page = users_behind(connection, self.resume_after, in_hand).await?;
        let is_full = i64::try_from(page.len()) == Ok(USERS);
        self.resume_after = page
            .last()
            .filter(|_| is_full)
            .map_or(Uuid::nil(), |behind| behind.user.0);
        for behind in &mut page {
            behind.position = self.position(behind.user, behind.position);
        }
        self.unmark_caught_up(connection, &page).await?;
        let (rows, is_whole) = rows_after(connection, &page, self.events).await?;
        if is_whole {
            self.events = EVENTS.min(self.events + self.events / 8 + 1);
        } else {
            // Those who come after the last row have their turn next, and the next reading is likely to hold all it asks for.
            self.resume_after = rows.last().map_or(self.resume_after, |row| row.user_id);
            self.events = i64::try_from(rows.len() / page.len()).map_or(EVENTS, |events| events.clamp(1, EVENTS));
        }
        Ok(self.batches(rows))
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
                if self.waiting.insert(user) {
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

    /// Stores how far each user was passed on, except for those whose heads are held just now: theirs is stored later.
    ///
    /// # Errors
    /// [`Error`] when it could not be stored; it stays remembered.
    pub async fn store(&mut self, connection: &mut PgConnection) -> Result<(), Error> {
        if self.passed_on.is_empty() {
            return Ok(());
        }
        for user in raise(connection, &self.passed_on).await? {
            self.passed_on.remove(&user);
        }
        Ok(())
    }

    fn position(&self, user: UserId, published: i64) -> i64 {
        self.passed_on
            .get(&user)
            .map_or(published, |passed_on| published.max(*passed_on))
    }

    /// Those of whom nothing is left to pass on come up again while their mark stands: it is deleted now.
    async fn unmark_caught_up(&mut self, connection: &mut PgConnection, page: &[Behind]) -> Result<(), Error> {
        let mut is_any = false;
        for behind in page {
            if behind.position >= behind.seq {
                self.passed_on(behind.user, behind.position);
                is_any = true;
            }
        }
        if is_any { self.store(connection).await } else { Ok(()) }
    }
}

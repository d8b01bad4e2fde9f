//! A database with its users and readers, and what was seen of them.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use domain::UserId;
use proptest::prelude::*;
use sqlx::{Postgres, Transaction};
use storage::{
    Database,
    log::{LogTransaction, reader::Reader},
};
use testing::TestDatabase;
use tokio::task::JoinSet;

use super::schedule::{End, READERS, Step};
use crate::support::{append, assert_chains_hold, created, due, number, run, user, write};

/// Commands may all wait for one head at once, each with its connection.
pub(super) const CONNECTIONS: u32 = 70;

/// Enough for anything here on a busy machine; reached only when a test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A transaction that has written and not ended.
enum Open {
    Creation(Transaction<'static, Postgres>),
    Command(Box<LogTransaction>),
}

impl Open {
    async fn end(self, commits: bool) {
        match self {
            Self::Creation(transaction) if commits => transaction.commit().await.unwrap(),
            Self::Creation(transaction) => transaction.rollback().await.unwrap(),
            Self::Command(log) if commits => log.commit().await.unwrap(),
            Self::Command(log) => drop(log),
        }
    }
}

/// A reader, what it has read and not passed on, and how far it passed each user on while it lived.
#[derive(Default)]
struct Life {
    reader: Reader,
    fetched: VecDeque<(UserId, i64)>,
    reached: HashMap<UserId, i64>,
}

pub(super) struct World<'a> {
    test: &'a TestDatabase,
    database: Database,
    open: HashMap<usize, Open>,
    waiting: JoinSet<()>,
    lives: [Life; READERS],
    /// The highest number of each user that anybody passed on.
    passed_on: HashMap<UserId, i64>,
    published: HashMap<UserId, i64>,
}

/// Writes as the step says; `None` where a user who never created a task has nothing to command.
async fn begin(database: Database, step: Step) -> Option<Open> {
    match step {
        Step::Create { user: n, .. } => {
            let mut transaction = database.begin().await.unwrap();
            write(&mut transaction, user(n), &created(due(None)), None)
                .await
                .unwrap();
            Some(Open::Creation(transaction))
        }
        Step::Append { user: n, events, .. } => {
            let mut log = LogTransaction::begin(&database, user(n)).await.unwrap()?;
            append(&mut log, user(n), events);
            Some(Open::Command(Box::new(log)))
        }
        _ => None,
    }
}

impl<'a> World<'a> {
    /// A world without tasks.
    pub(super) async fn new(test: &'a TestDatabase, database: &Database) -> Self {
        run(test, "TRUNCATE tasks, series, events, log_heads, log_pending CASCADE").await;
        Self {
            test,
            database: database.clone(),
            open: HashMap::new(),
            waiting: JoinSet::new(),
            lives: Default::default(),
            passed_on: HashMap::new(),
            published: HashMap::new(),
        }
    }

    pub(super) async fn take(&mut self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Create { user, end } | Step::Append { user, end, .. } => self.write(user, end, step).await,
            Step::Release { user, commits } => {
                if let Some(open) = self.open.remove(&user) {
                    open.end(commits).await;
                }
            }
            Step::Fetch { reader } => self.fetch(reader).await,
            Step::Pass { reader, events } => self.pass(reader, events)?,
            Step::Store { reader } => self.store(reader).await,
            Step::Kill { reader } => self.lives[reader] = Life::default(),
        }
        Ok(())
    }

    /// A write of a user whose head is held waits in the background until that transaction has ended.
    async fn write(&mut self, user: usize, end: End, step: Step) {
        let writing = begin(self.database.clone(), step);
        let commits = !matches!(end, End::Abort);
        if self.open.contains_key(&user) {
            self.waiting.spawn(async move {
                if let Some(open) = writing.await {
                    open.end(commits).await;
                }
            });
            return;
        }
        match (writing.await, end) {
            (None, _) => {}
            (Some(open), End::Hold) => drop(self.open.insert(user, open)),
            (Some(open), End::Commit | End::Abort) => open.end(commits).await,
        }
    }

    async fn fetch(&mut self, reader: usize) {
        let life = &mut self.lives[reader];
        let mut session = self.database.session().await.unwrap();
        let batches = life.reader.next(&mut session, &[]).await.unwrap();
        session.finish().await.unwrap();
        let events = batches.into_iter().flat_map(|batch| batch.events);
        life.fetched = events.map(|e| (e.event.user_id, e.seq)).collect();
    }

    fn pass(&mut self, reader: usize, events: usize) -> Result<(), TestCaseError> {
        let life = &mut self.lives[reader];
        for _ in 0..events {
            let Some((user, seq)) = life.fetched.pop_front() else {
                break;
            };
            let own = life.reached.insert(user, seq).unwrap_or(0);
            prop_assert!(own < seq, "a living reader passed on {seq} after {own}");
            let highest = self.passed_on.entry(user).or_default();
            prop_assert!(
                seq <= *highest + 1,
                "{seq} was passed on when {highest} was the highest before"
            );
            *highest = seq.max(*highest);
            life.reader.passed_on(user, seq);
        }
        Ok(())
    }

    async fn store(&mut self, reader: usize) {
        self.lives[reader].reader.store(&self.database).await.unwrap();
    }

    /// Published positions only rise, never beyond the log or what was passed on.
    pub(super) async fn check_positions(&mut self) -> Result<(), TestCaseError> {
        let heads: Vec<(sqlx::types::Uuid, i64, i64)> =
            sqlx::query_as("SELECT user_id, seq, published_seq FROM log_heads")
                .fetch_all(&self.test.pool())
                .await
                .unwrap();
        for (user, seq, published) in heads {
            let user = UserId(user);
            let before = self.published.insert(user, published).unwrap_or(0);
            let passed_on = self.passed_on.get(&user).copied().unwrap_or(0);
            prop_assert!(published >= before, "a position fell from {before} to {published}");
            prop_assert!(
                published <= seq.min(passed_on),
                "{published} published of {passed_on} passed on"
            );
        }
        Ok(())
    }

    /// Everything that is open ends, and one reader passes on what is left.
    pub(super) async fn settle(&mut self) -> Result<(), TestCaseError> {
        for (_, open) in self.open.drain() {
            open.end(true).await;
        }
        while let Some(waited) = self.waiting.join_next().await {
            waited.unwrap();
        }
        tokio::time::timeout(PATIENCE, self.catch_up())
            .await
            .map_err(|_| TestCaseError::fail("some users stay behind"))?
    }

    async fn catch_up(&mut self) -> Result<(), TestCaseError> {
        // More than one reading: a connection given back may still hold the head of an aborted command.
        while number(self.test, "SELECT count(*) FROM log_pending").await > 0 {
            self.fetch(0).await;
            self.pass(0, usize::MAX)?;
            self.store(0).await;
            self.check_positions().await?;
        }
        Ok(())
    }

    /// What is numbered is what was passed on, from 1 without gaps; the chains hold.
    pub(super) async fn check_end(&self) -> Result<(), TestCaseError> {
        let events: Vec<(sqlx::types::Uuid, i64)> = sqlx::query_as("SELECT user_id, seq FROM events")
            .fetch_all(&self.test.pool())
            .await
            .unwrap();
        let events: HashSet<_> = events.into_iter().map(|(user, seq)| (UserId(user), seq)).collect();
        let numbers = |(user, last): (&UserId, &i64)| (1..=*last).map(|seq| (*user, seq)).collect::<Vec<_>>();
        let passed_on: HashSet<_> = self.passed_on.iter().flat_map(numbers).collect();
        prop_assert_eq!(events, passed_on);
        let behind = number(self.test, "SELECT count(*) FROM log_heads WHERE seq <> published_seq").await;
        prop_assert_eq!(behind, 0);
        assert_chains_hold(self.test).await;
        Ok(())
    }
}

//! The pool, and how a statement gets its connection.

use std::{
    ops::{Deref, DerefMut},
    str::FromStr,
    time::Duration,
};

use domain::UserId;
use sqlx::{
    Connection, PgConnection, PgPool, Postgres, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    Error,
    turns::{Turn, Turns},
};

/// How long a request waits for its turn, and then for a connection, before it is told that the database is too busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

const IDLE_FOR_LONG: Duration = Duration::from_secs(1);

/// The database: a lazily opened pool of connections.
#[derive(Debug, Clone)]
pub struct Database {
    pool: PgPool,
    pooler: Pooler,
    turns: Turns,
}

/// What stands between this process and the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pooler {
    /// Nothing: statements are prepared once per connection.
    #[default]
    None,
    /// A pooler that changes the server's connection after each transaction, such as `PgBouncer` in transaction mode:
    /// no prepared statement outlives its transaction, so every statement runs in one.
    Transaction,
}

/// How a transaction begins.
#[derive(Debug, Clone, Copy)]
enum Begin {
    /// It waits for locks as long as the role's `lock_timeout` says.
    Patiently,
    /// It comes round again by itself, and would rather let others have its connection.
    Briefly,
    /// It reads one state of the database.
    Snapshot,
    /// As that, for pages of lists.
    List,
}

/// A list is put together by its filters and planned for its own values. A few rows are taken from indexes that have
/// them in order, however few the planner believes there are; that is no work for several processes or a compiler. What
/// would be searched without an end ends before whoever waits for it goes away.
macro_rules! list_snapshot {
    () => {
        "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = '2s';
         SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off;
         SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0"
    };
}

impl Begin {
    /// The statement. The driver names each statement that it prepares, from 1 in each of its connections, and leaves it
    /// behind: behind a pooler, on the server's connection those of others may still stand under the same names.
    /// (`PgBouncer` knows about DEALLOCATE ALL from 1.22 on; before 1.21 it keeps no account of prepared statements at
    /// all.)
    fn statement(self, pooler: Pooler) -> &'static str {
        match (pooler, self) {
            (Pooler::None, Self::Patiently) => "BEGIN",
            (Pooler::None, Self::Briefly) => "BEGIN; SET LOCAL lock_timeout = '500ms'",
            (Pooler::None, Self::Snapshot) => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            (Pooler::None, Self::List) => list_snapshot!(),
            (Pooler::Transaction, Self::List) => concat!(list_snapshot!(), "; DEALLOCATE ALL"),
            (Pooler::Transaction, Self::Patiently) => "BEGIN; DEALLOCATE ALL",
            (Pooler::Transaction, Self::Briefly) => "BEGIN; DEALLOCATE ALL; SET LOCAL lock_timeout = '500ms'",
            (Pooler::Transaction, Self::Snapshot) => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; DEALLOCATE ALL",
        }
    }
}

/// The text names no kind of pooler.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be none or transaction")]
pub struct PoolerError;

impl FromStr for Pooler {
    type Err = PoolerError;

    fn from_str(text: &str) -> Result<Self, PoolerError> {
        match text {
            "none" => Ok(Self::None),
            "transaction" => Ok(Self::Transaction),
            _ => Err(PoolerError),
        }
    }
}

/// A connection for statements that stand alone. Behind a transaction-mode pooler it is a transaction, so a write
/// counts only once [`Session::finish`] succeeded.
#[derive(Debug)]
pub enum Session {
    /// Straight to the server: each statement commits by itself.
    Direct(PoolConnection<Postgres>),
    /// Through a pooler.
    Pooled(Transaction<'static, Postgres>),
}

impl Database {
    /// A pool of at most `size` connections, none of them opened yet.
    #[must_use]
    pub fn lazy(options: PgConnectOptions, size: u32, pooler: Pooler) -> Self {
        let options = match pooler {
            Pooler::None => options,
            // The pooler passes on no startup parameter that it does not know.
            Pooler::Transaction => options.statement_cache_capacity(0).extra_float_digits(None),
        };
        let pool = PgPoolOptions::new()
            .max_connections(size)
            .acquire_timeout(PATIENCE)
            // A connection that has just served is alive; only one that lay idle is asked first, for a server that was
            // restarted meanwhile.
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > IDLE_FOR_LONG {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(options);
        Self {
            pool,
            pooler,
            turns: Turns::default(),
        }
    }

    /// A turn of `user` to write, to be had before a connection and held until the write is committed.
    ///
    /// # Errors
    /// [`Error::Held`] when none could be had in time.
    pub async fn turn(&self, user: UserId) -> Result<Turn, Error> {
        self.turns.take(user).await
    }

    /// A connection for statements that stand alone.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when none could be had in time.
    pub async fn session(&self) -> Result<Session, Error> {
        Ok(match self.pooler {
            Pooler::None => Session::Direct(self.pool.acquire().await?),
            Pooler::Transaction => Session::Pooled(self.begin().await?),
        })
    }

    /// A transaction.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection could be had in time.
    pub async fn begin(&self) -> Result<Transaction<'static, Postgres>, Error> {
        self.begin_as(Begin::Patiently).await
    }

    /// A transaction that waits for each lock for half a second only.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection could be had in time.
    pub async fn begin_briefly(&self) -> Result<Transaction<'static, Postgres>, Error> {
        self.begin_as(Begin::Briefly).await
    }

    /// A transaction that sees one state of the database, and only reads it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection could be had in time.
    pub async fn snapshot(&self) -> Result<Transaction<'static, Postgres>, Error> {
        self.begin_as(Begin::Snapshot).await
    }

    /// A snapshot for a page of a list, each of whose statements ends within two seconds.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection could be had in time.
    pub async fn list_snapshot(&self) -> Result<Transaction<'static, Postgres>, Error> {
        self.begin_as(Begin::List).await
    }

    async fn begin_as(&self, begin: Begin) -> Result<Transaction<'static, Postgres>, Error> {
        Ok(self.pool.begin_with(begin.statement(self.pooler)).await?)
    }

    /// Closes every connection once it is given back.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// How many connections are open.
    #[must_use]
    pub fn open_connections(&self) -> u32 {
        self.pool.size()
    }

    /// A part of the most connections that the pool opens, one at least: how many some work may take at once, so that
    /// the rest stays for others.
    #[must_use]
    pub fn share(&self, divisor: u32) -> usize {
        let connections = self.pool.options().get_max_connections();
        usize::try_from(connections / divisor).unwrap_or(1).max(1)
    }
}

impl Session {
    /// Makes what was written count.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: whether it was committed is then unknown.
    pub async fn finish(self) -> Result<(), Error> {
        match self {
            Self::Direct(_) => Ok(()),
            Self::Pooled(transaction) => Ok(transaction.commit().await?),
        }
    }
}

impl Deref for Session {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        match self {
            Self::Direct(connection) => connection,
            Self::Pooled(transaction) => transaction,
        }
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut PgConnection {
        match self {
            Self::Direct(connection) => connection,
            Self::Pooled(transaction) => transaction,
        }
    }
}

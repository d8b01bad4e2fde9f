//! A command's hold on its users' heads, from before it reads until it commits.

use std::collections::BTreeMap;

use domain::UserId;
use events::Event;
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::chain::{self, Sealed};
use crate::{Database, Error, Turn};

/// A transaction that holds the heads of the users it may write for, and the events it will append.
#[derive(Debug)]
pub struct LogTransaction {
    transaction: Transaction<'static, Postgres>,
    heads: BTreeMap<UserId, Head>,
    appended: Appended,
    /// Where it is one user's who may have other writers in this process.
    turn: Option<Turn>,
}

/// What to do about a head that another transaction holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnLocked {
    /// Wait for it, up to the role's `lock_timeout`: somebody is waiting for the answer.
    Wait,
    /// Wait for it for half a second: the work comes round again by itself.
    WaitBriefly,
    /// Go without it.
    Skip,
}

#[derive(Debug)]
struct Head {
    seq: i64,
    hash: Vec<u8>,
    is_changed: bool,
}

/// The columns of the events to append.
#[derive(Debug, Default)]
struct Appended {
    user_ids: Vec<Uuid>,
    seqs: Vec<i64>,
    ids: Vec<Uuid>,
    kinds: Vec<String>,
    task_ids: Vec<Uuid>,
    versions: Vec<i64>,
    datas: Vec<String>,
    digests: Vec<Vec<u8>>,
    hashes: Vec<Vec<u8>>,
    traceparents: Vec<Option<String>>,
    times: Vec<chrono::DateTime<chrono::Utc>>,
}

impl LogTransaction {
    /// Begins a command of one user, waiting for whatever else that user's commands are doing; `None` for a user
    /// who has never written anything, and so has nothing to command.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Held`] when the head could not be had in time.
    pub async fn begin(database: &Database, user: UserId) -> Result<Option<Self>, Error> {
        let turn = database.turn(user).await?;
        let mut log = Self::begin_many(database, &[user], OnLocked::Wait).await?;
        log.turn = Some(turn);
        Ok((!log.heads.is_empty()).then_some(log))
    }

    /// Begins a reaction to one of the user's events, as [`LogTransaction::begin`] does a command, but waits for half
    /// a second only, since it is tried again and others need the connection meanwhile; and ahead of the commands that
    /// wait for their turn in this process, or else a user who keeps writing would keep their own reminders waiting.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the head could not be had in time.
    pub async fn begin_reaction(database: &Database, user: UserId) -> Result<Option<Self>, Error> {
        let log = Self::begin_many(database, &[user], OnLocked::WaitBriefly).await?;
        Ok((!log.heads.is_empty()).then_some(log))
    }

    /// Begins work over many users; [`LogTransaction::users`] says whose heads it holds.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database is away or a head could not be had in time.
    pub async fn begin_many(database: &Database, users: &[UserId], on_locked: OnLocked) -> Result<Self, Error> {
        let mut transaction = match on_locked {
            OnLocked::WaitBriefly => database.begin_briefly().await?,
            OnLocked::Wait | OnLocked::Skip => database.begin().await?,
        };
        let heads = match on_locked {
            OnLocked::Wait | OnLocked::WaitBriefly => lock_waiting(&mut transaction, users).await?,
            OnLocked::Skip => lock_skipping(&mut transaction, users).await?,
        };
        Ok(Self {
            transaction,
            heads,
            appended: Appended::default(),
            turn: None,
        })
    }

    /// The users whose heads it holds, in id order.
    pub fn users(&self) -> impl Iterator<Item = UserId> + '_ {
        self.heads.keys().copied()
    }

    /// The connection to read and write on.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    /// Numbers and chains `event`; it is written at the commit.
    ///
    /// # Panics
    /// When the event's user is not one whose head is held: numbering it would break that user's order.
    pub fn append(&mut self, event: Event) {
        let head = self
            .heads
            .get_mut(&event.user_id)
            .expect("a command appends to logs whose heads it holds only");
        let digest = chain::digest(&event.data);
        head.seq += 1;
        let hash = chain::hash(&head.hash, event.user_id, head.seq, Sealed::of(&event, &digest));
        head.hash = hash.to_vec();
        head.is_changed = true;
        self.appended.push(head.seq, event, &digest, &hash);
    }

    /// Writes the appended events and commits.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: whether it was committed is then unknown.
    pub async fn commit(mut self) -> Result<(), Error> {
        if !self.appended.ids.is_empty() {
            raise_heads(&mut self.transaction, &self.heads).await?;
            self.appended.write(&mut self.transaction).await?;
        }
        Ok(self.transaction.commit().await?)
    }

    /// Undoes what was written, and lets go of the heads before it returns; one that is dropped lets go some time later.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database is away; it is undone all the same.
    pub async fn rollback(self) -> Result<(), Error> {
        Ok(self.transaction.rollback().await?)
    }
}

struct HeadRow {
    user_id: Uuid,
    seq: i64,
    hash: Vec<u8>,
}

async fn lock_waiting(connection: &mut PgConnection, users: &[UserId]) -> Result<BTreeMap<UserId, Head>, Error> {
    let rows = sqlx::query_as!(
        HeadRow,
        "SELECT user_id, seq, hash FROM log_heads WHERE user_id = ANY($1) ORDER BY user_id FOR NO KEY UPDATE",
        &uuids(users)
    )
    .fetch_all(connection)
    .await?;
    Ok(heads(rows))
}

async fn lock_skipping(connection: &mut PgConnection, users: &[UserId]) -> Result<BTreeMap<UserId, Head>, Error> {
    let rows = sqlx::query_as!(
        HeadRow,
        "SELECT user_id, seq, hash FROM log_heads WHERE user_id = ANY($1) ORDER BY user_id
         FOR NO KEY UPDATE SKIP LOCKED",
        &uuids(users)
    )
    .fetch_all(connection)
    .await?;
    Ok(heads(rows))
}

fn uuids(users: &[UserId]) -> Vec<Uuid> {
    users.iter().map(|user| user.0).collect()
}

fn heads(rows: Vec<HeadRow>) -> BTreeMap<UserId, Head> {
    let head = |row: HeadRow| {
        (
            UserId(row.user_id),
            Head {
                seq: row.seq,
                hash: row.hash,
                is_changed: false,
            },
        )
    };
    rows.into_iter().map(head).collect()
}

async fn raise_heads(connection: &mut PgConnection, heads: &BTreeMap<UserId, Head>) -> Result<(), Error> {
    let changed = || heads.iter().filter(|(_, head)| head.is_changed);
    sqlx::query!(
        "WITH pending AS (
             INSERT INTO log_pending (user_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING
         )
         UPDATE log_heads h SET seq = n.seq, hash = n.hash
         FROM unnest($1::uuid[], $2::bigint[], $3::bytea[]) AS n (user_id, seq, hash)
         WHERE h.user_id = n.user_id",
        &changed().map(|(user, _)| user.0).collect::<Vec<_>>(),
        &changed().map(|(_, head)| head.seq).collect::<Vec<_>>(),
        &changed().map(|(_, head)| head.hash.clone()).collect::<Vec<_>>(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl Appended {
    fn push(&mut self, seq: i64, event: Event, digest: &[u8], hash: &[u8]) {
        self.user_ids.push(event.user_id.0);
        self.seqs.push(seq);
        self.ids.push(event.id);
        self.kinds.push(event.kind.to_string());
        self.task_ids.push(event.task_id.0);
        self.versions.push(event.version);
        self.datas.push(event.data);
        self.digests.push(digest.to_vec());
        self.hashes.push(hash.to_vec());
        self.traceparents.push(event.traceparent);
        self.times.push(event.time);
    }

    async fn write(&self, connection: &mut PgConnection) -> Result<(), Error> {
        sqlx::query!(
            "INSERT INTO events (user_id, seq, id, type, task_id, version, data, digest, hash, traceparent, time)
             SELECT user_id, seq, id, type, task_id, version, data::json, digest, hash, traceparent, time
             FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::uuid[], $6::bigint[], $7::text[],
                         $8::bytea[], $9::bytea[], $10::text[], $11::timestamptz[])
                  AS e (user_id, seq, id, type, task_id, version, data, digest, hash, traceparent, time)",
            &self.user_ids,
            &self.seqs,
            &self.ids,
            &self.kinds,
            &self.task_ids,
            &self.versions,
            &self.datas,
            &self.digests,
            &self.hashes,
            &self.traceparents as &[Option<String>],
            &self.times,
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

//! Users' turns, side by side. Whose last turn failed goes on in a lane of its own, so that users who cannot be served
//! now, each of whom takes a while to find out about, keep nobody else waiting.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    pin::Pin,
};

use domain::UserId;
use storage::Database;
use tokio::task::{Id, JoinError, JoinSet};

/// The most turns that wait in the lane of those whose last one failed.
const WAITING: usize = 8;

type Turn<R> = Pin<Box<dyn Future<Output = R> + Send>>;

/// How many turns run at once.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Of users whose last one went well.
    pub quick: usize,
    /// Beside them, of users whose last one failed.
    pub failing: usize,
}

impl Room {
    /// For turns that take a connection of `database` each; the rest stays for requests.
    #[must_use]
    pub fn in_share_of(database: &Database) -> Self {
        Self {
            quick: database.share(4),
            failing: database.share(8),
        }
    }
}

/// The two lanes.
pub struct Lanes<R> {
    quick: Lane<R>,
    slow: Lane<R>,
    /// Whose last turn failed.
    failing: HashSet<UserId>,
    /// The last of them who took a turn: they take them in the order of their ids, or those who fail at once would take all.
    tried_upto: Option<UserId>,
}

struct Lane<R> {
    at_once: usize,
    waiting: VecDeque<(UserId, Turn<R>)>,
    running: JoinSet<R>,
    users: HashMap<Id, UserId>,
}

impl<R: Send + 'static> Lanes<R> {
    /// Lanes with so much room.
    #[must_use]
    pub fn new(room: Room) -> Self {
        Self {
            quick: Lane::new(room.quick),
            slow: Lane::new(room.failing),
            failing: HashSet::new(),
            tried_upto: None,
        }
    }

    /// Has `user` take a turn when there is room; or not, `false`, where too many wait whose last turn failed too.
    pub fn add(&mut self, user: UserId, turn: impl Future<Output = R> + Send + 'static) -> bool {
        let lane = if !self.failing.contains(&user) {
            &mut self.quick
        } else if self.slow.waiting.len() < WAITING {
            self.tried_upto = Some(user);
            &mut self.slow
        } else {
            return false;
        };
        lane.waiting.push_back((user, Box::pin(turn)));
        lane.fill();
        true
    }

    /// Waits until some turn has ended, and answers whose and how; for ever where there is none. Nothing is lost when
    /// this is given up halfway.
    pub async fn ended(&mut self) -> (UserId, Result<R, JoinError>) {
        tokio::select! {
            Some(ended) = self.quick.ended() => ended,
            Some(ended) = self.slow.ended() => ended,
            else => std::future::pending().await,
        }
    }

    /// A turn that has ended already.
    pub fn ended_already(&mut self) -> Option<(UserId, Result<R, JoinError>)> {
        self.quick.ended_already().or_else(|| self.slow.ended_already())
    }

    /// Notes how the turn of `user` went, for the next one.
    pub fn went(&mut self, user: UserId, is_well: bool) {
        if is_well {
            self.failing.remove(&user);
        } else {
            self.failing.insert(user);
        }
    }

    /// Whether whoever is added now starts at once, or nearly: nobody waits in the quick lane.
    pub fn has_room(&self) -> bool {
        self.quick.waiting.is_empty()
    }

    /// Whether nobody has a turn or waits for one.
    pub fn is_empty(&self) -> bool {
        self.users().is_empty()
    }

    /// Whether the last turn of `user` failed.
    pub fn is_failing(&self, user: UserId) -> bool {
        self.failing.contains(&user)
    }

    /// Who need not be looked at now: who has a turn or waits for one; and of those whose last turn failed, who had another
    /// before the others, or all of them where there is no room for more.
    pub fn not_now(&self) -> Vec<UserId> {
        let mut users = self.users();
        let is_full = self.slow.waiting.len() >= WAITING;
        let failing = self.failing.iter();
        users.extend(failing.filter(|user| is_full || Some(**user) <= self.tried_upto));
        users
    }

    /// Has those whose last turn failed take theirs from the first on again, once none was found who had not; answers whether
    /// somebody had, and there is room for them.
    pub fn begin_failing_anew(&mut self) -> bool {
        let is_full = self.slow.waiting.len() >= WAITING;
        !is_full && self.tried_upto.take().is_some()
    }

    /// Who has a turn or waits for one.
    fn users(&self) -> Vec<UserId> {
        let lanes = [&self.quick, &self.slow];
        let waiting = lanes.iter().flat_map(|lane| lane.waiting.iter().map(|(user, _)| *user));
        let running = lanes.iter().flat_map(|lane| lane.users.values().copied());
        waiting.chain(running).collect()
    }

    /// Has nobody begin a turn any more.
    pub fn forget_waiting(&mut self) {
        self.quick.waiting.clear();
        self.slow.waiting.clear();
    }
}

impl<R: Send + 'static> Lane<R> {
    fn new(at_once: usize) -> Self {
        Self {
            at_once,
            waiting: VecDeque::new(),
            running: JoinSet::new(),
            users: HashMap::new(),
        }
    }

    fn fill(&mut self) {
        while self.running.len() < self.at_once
            && let Some((user, turn)) = self.waiting.pop_front()
        {
            self.users.insert(self.running.spawn(turn).id(), user);
        }
    }

    async fn ended(&mut self) -> Option<(UserId, Result<R, JoinError>)> {
        let ended = self.running.join_next_with_id().await?;
        self.took(ended)
    }

    fn ended_already(&mut self) -> Option<(UserId, Result<R, JoinError>)> {
        let ended = self.running.try_join_next_with_id()?;
        self.took(ended)
    }

    fn took(&mut self, ended: Result<(Id, R), JoinError>) -> Option<(UserId, Result<R, JoinError>)> {
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let user = self.users.remove(&id)?;
        self.fill();
        Some((user, ended.map(|(_, result)| result)))
    }
}

//! Functions as a test sees them: on a database of its own, at a time it sets.

use std::{pin::Pin, sync::Arc};

use chrono::{DateTime, Utc};
use domain::UserId;
use events::{EventType, Recorded, cloud_event};
use http::{StatusCode, request::Parts};
use runtime::{
    App, Function, Nudge, Problem, TestClock,
    http::layers,
    identity::{Authenticate, Authentication},
};
use storage::{
    installation,
    log::{history, verify},
};
use uuid::Uuid;

use crate::{Client, TestDatabase, conformity, database};

/// Enough for commands to meet each other, few enough to be opened in no time on a busy machine.
const POOL: u32 = 8;

/// What functions are tested with.
#[derive(Debug)]
pub struct TestApp {
    app: App,
    clock: Arc<TestClock>,
    database: TestDatabase,
}

/// Reads an instant such as `2026-11-23T08:00:00Z`.
///
/// # Panics
/// It is none.
#[must_use]
pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("the test writes an instant")
}

impl TestApp {
    /// When every test begins: a Monday.
    pub const START: &str = "2026-11-23T08:00:00Z";

    /// A database of its own, and a clock that stands at [`TestApp::START`].
    ///
    /// # Panics
    /// There is no database.
    pub async fn start() -> Self {
        let database = database().await;
        let clock = TestClock::at(instant(Self::START));
        let app = App {
            database: database.open(POOL),
            clock: clock.clock(),
            nudge: Nudge::default(),
            look_again: App::SHARED,
        };
        Self { app, clock, database }
    }

    /// What to make a function with.
    #[must_use]
    pub fn app(&self) -> App {
        self.app.clone()
    }

    /// The clock, to be moved.
    #[must_use]
    pub fn clock(&self) -> &TestClock {
        &self.clock
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// A client of the local user over a function's routes.
    ///
    /// # Panics
    /// It has none.
    #[must_use]
    pub fn serve(&self, function: Function) -> Client {
        self.serve_all([function])
    }

    /// A client of the local user over the routes of several functions, as the gateway would make them one.
    ///
    /// # Panics
    /// One of them has none.
    #[must_use]
    pub fn serve_all(&self, functions: impl IntoIterator<Item = Function>) -> Client {
        serve(functions, Authentication::LocalUser)
    }

    /// As [`TestApp::serve_all`], for a client of `user`, whose token nobody asks for; see [`TestApp::as_user`] for one
    /// with a token.
    ///
    /// # Panics
    /// One of them has none.
    #[must_use]
    pub fn serve_as(&self, user: UserId, functions: impl IntoIterator<Item = Function>) -> Client {
        serve(functions, Authentication::By(Arc::new(Always(user))))
    }

    /// Hands `event` to a reaction in binary mode, as KafkaSource does.
    ///
    /// # Panics
    /// The function reacts to nothing.
    pub async fn deliver(&self, function: &Function, event: &Recorded) -> StatusCode {
        let attributes = cloud_event::attributes(event, self.installation().await);
        let headers: Vec<_> = attributes
            .iter()
            .map(|(name, value)| (format!("ce-{name}"), value.as_str()))
            .chain([("content-type".to_owned(), cloud_event::DATA_CONTENT_TYPE)])
            .collect();
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let client = Client::of_reaction(function);
        client.post_raw("/", &headers, event.event.data.clone()).await.status
    }

    /// Whose events these are.
    ///
    /// # Panics
    /// The database is away.
    pub async fn installation(&self) -> Uuid {
        let mut session = self.app.database.session().await.expect("the database is there");
        installation::id(&mut session).await.expect("it was migrated")
    }

    /// The user's log, from its first event on, each as the API's document says.
    ///
    /// # Panics
    /// The database is away, a number is missing, or an event is not as the document says.
    pub async fn events(&self, user: UserId) -> Vec<Recorded> {
        let last: Option<i64> = sqlx::query_scalar("SELECT seq FROM log_heads WHERE user_id = $1")
            .bind(user.0)
            .fetch_optional(&self.database.pool())
            .await
            .expect("the database is there");
        let mut session = self.app.database.session().await.expect("the database is there");
        let mut events = Vec::new();
        for seq in 1..=last.unwrap_or(0) {
            let event = history::event(&mut session, user, seq).await;
            events.push(event.expect("the log can be read").expect("no number is missing"));
        }
        let installation = self.installation().await;
        for event in &events {
            conformity::check_event(&cloud_event::to_json(event, installation));
        }
        events
    }

    /// The names of the kinds of the local user's events.
    ///
    /// # Panics
    /// As [`TestApp::events`].
    pub async fn kinds(&self) -> Vec<&'static str> {
        let events = self.events(UserId::LOCAL).await;
        events.iter().map(|recorded| recorded.event.kind.as_str()).collect()
    }

    /// The local user's latest event of `kind`.
    ///
    /// # Panics
    /// There is none, or as [`TestApp::events`].
    pub async fn latest(&self, kind: EventType) -> Recorded {
        let mut events = self.events(UserId::LOCAL).await;
        events.retain(|recorded| recorded.event.kind == kind);
        events.pop().expect("there is an event of the kind")
    }

    /// Asserts what must hold whatever happened: every user's events are numbered 1, 2, 3 … without gaps up to the
    /// head, their chain of hashes holds, and exactly the users whose log is ahead of what was published are marked.
    ///
    /// # Panics
    /// It does not hold.
    pub async fn verify_log(&self) {
        let mut session = self.app.database.session().await.expect("the database is there");
        let mut after = UserId(Uuid::nil());
        loop {
            let users = verify::users(&mut session, after).await.expect("the log can be read");
            let Some(last) = users.last() else { break };
            after = *last;
            for user in users {
                let damage = verify::chain_of(&mut session, user).await.expect("the log can be read");
                assert_eq!(damage, None, "the log of {user} is damaged");
            }
        }
        let wrong: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM log_heads h FULL JOIN log_pending p USING (user_id)
             WHERE coalesce(h.seq > h.published_seq, false) <> (p.user_id IS NOT NULL)",
        )
        .fetch_one(&self.database.pool())
        .await
        .expect("the database is there");
        assert_eq!(wrong, 0, "marks that are wrong");
    }
}

/// Everybody is this user.
#[derive(Debug)]
struct Always(UserId);

impl Authenticate for Always {
    fn identify<'a>(&'a self, _parts: &'a Parts) -> Pin<Box<dyn Future<Output = Result<UserId, Problem>> + Send + 'a>> {
        Box::pin(async { Ok(self.0) })
    }
}

pub(crate) fn serve(functions: impl IntoIterator<Item = Function>, authentication: Authentication) -> Client {
    let routes = functions
        .into_iter()
        .map(|function| function.api.expect("the function has routes of the API"))
        .reduce(axum::Router::merge)
        .expect("there is a function");
    Client::new(layers::surround(routes, authentication))
}

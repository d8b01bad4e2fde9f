//! Tasks of any user, made without going through a function.

use chrono::{DateTime, Utc};
use domain::{Description, NewTask, Priority, Tags, Task, Title, Trigger, UserId, Zone, new_task::Created};
use events::{Event, EventType, TaskChanged};
use runtime::TraceContext;
use storage::tasks::{self, Creation};
use uuid::Uuid;

use crate::TestApp;

/// Somebody else than the local user.
pub const SOMEBODY_ELSE: UserId = UserId(Uuid::from_u128(0x6f74_6865_7200_4000_8000_0000_0000_0002));

impl TestApp {
    /// Creates a task of `user`.
    ///
    /// # Panics
    /// The title is none, or the database is away.
    pub async fn create_for(&self, user: UserId, title: &str) -> Task {
        self.create(user, title, &[]).await
    }

    /// Creates a task of `user` with a reminder at each of `moments`.
    ///
    /// # Panics
    /// A moment is past, or the database is away.
    pub async fn create_reminded(&self, user: UserId, moments: &[DateTime<Utc>]) -> Task {
        self.create(user, "Wake up", moments).await
    }

    async fn create(&self, user: UserId, title: &str, moments: &[DateTime<Utc>]) -> Task {
        let app = self.app();
        let now = self.now();
        let Created { task, .. } = new_task(title, moments)
            .create(now, || app.clock.new_id())
            .expect("the test's moments are ahead");
        let created = TaskChanged {
            kind: EventType::TaskCreated,
            task: &task,
            changed: &[],
        };
        let event = Event::new(app.clock.stamp(now, &TraceContext::begin()), user, &created);
        let creation = Creation {
            task: &task,
            series: None,
            event: &event,
            answer: None,
        };
        let mut session = app.database.session().await.expect("the database is there");
        tasks::create(&mut session, user, &creation)
            .await
            .expect("the task can be written");
        task
    }
}

fn new_task(title: &str, moments: &[DateTime<Utc>]) -> NewTask {
    NewTask {
        title: Title::parse(title).expect("the test writes a title"),
        description: Description::default(),
        priority: Priority::default(),
        tags: Tags::default(),
        due_date: None,
        time_zone: Zone::default(),
        recurrence_rule: None,
        recurrence_mode: None,
        exceptions: Vec::new(),
        additions: Vec::new(),
        reminders: moments.iter().map(|at| (String::new(), Trigger::At(*at))).collect(),
    }
}

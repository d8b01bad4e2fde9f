//! What other users have, whom no client of the local user can speak for.

use domain::{NewTask, Tags, Task, Title, UserId, Zone, new_task::Created};
use events::{Event, EventType, TaskChanged};
use runtime::TraceContext;
use storage::tasks::{self, Creation};
use uuid::Uuid;

use crate::TestApp;

/// Somebody else than the local user.
pub const SOMEBODY_ELSE: UserId = UserId(Uuid::from_u128(0x6f74_6865_7200_4000_8000_0000_0000_0002));

impl TestApp {
    /// Creates a task of `user`, without going through any function.
    ///
    /// # Panics
    /// The title is none, or the database is away.
    pub async fn create_for(&self, user: UserId, title: &str) -> Task {
        let app = self.app();
        let now = self.now();
        let task = NewTask {
            title: Title::parse(title).expect("the test writes a title"),
            description: domain::Description::default(),
            priority: domain::Priority::default(),
            tags: Tags::default(),
            due_date: None,
            time_zone: Zone::default(),
            recurrence_rule: None,
            recurrence_mode: None,
            exceptions: Vec::new(),
            additions: Vec::new(),
            reminders: Vec::new(),
        };
        let Created { task, .. } = task
            .create(now, || app.clock.new_id())
            .expect("a title is all a task needs");
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

//! Tasks of any user that call for their person, made without going through a function.

use chrono::{DateTime, Utc};
use domain::{NewTask, Tags, Task, Title, Trigger, UserId, Zone, new_task::Created};
use events::{Event, EventType, TaskChanged};
use runtime::TraceContext;
use storage::tasks::{self, Creation};

use crate::TestApp;

impl TestApp {
    /// Creates a task of `user` with a reminder at each of `moments`.
    ///
    /// # Panics
    /// A moment is past, or the database is away.
    pub async fn create_reminded(&self, user: UserId, moments: &[DateTime<Utc>]) -> Task {
        let app = self.app();
        let now = self.now();
        let task = NewTask {
            title: Title::parse("Wake up").expect("it is a title"),
            description: domain::Description::default(),
            priority: domain::Priority::default(),
            tags: Tags::default(),
            due_date: None,
            time_zone: Zone::default(),
            recurrence_rule: None,
            recurrence_mode: None,
            exceptions: Vec::new(),
            additions: Vec::new(),
            reminders: moments.iter().map(|at| (String::new(), Trigger::At(*at))).collect(),
        };
        let Created { task, .. } = task
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

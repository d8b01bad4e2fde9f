//! Running dispatchers, and what they did.

use chrono::{DateTime, TimeDelta, Utc};
use dispatch_reminders::function;
use domain::{Task, UserId};
use events::{EventType, Recorded};
use runtime::{App, CancellationToken, Work, function::WorkResult};
use testing::{SOMEBODY_ELSE, TestApp, eventually, instant};
use tokio::task::JoinHandle;

/// A dispatcher that goes on until it is stopped.
pub(crate) struct Dispatcher {
    stop: CancellationToken,
    running: JoinHandle<WorkResult>,
}

impl Dispatcher {
    pub(crate) fn start(app: App) -> Self {
        let Some(Work::Loop(work)) = function(app).work else {
            unreachable!("it is a loop");
        };
        let stop = CancellationToken::new();
        let running = tokio::spawn(work(stop.clone()));
        Self { stop, running }
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        let result = self.running.await.expect("the dispatcher does not panic");
        result.expect("the dispatcher goes on until it is told to stop");
    }
}

/// A user whose overdue reminder shows that the dispatcher has looked.
pub(crate) struct Canary<'a> {
    app: &'a TestApp,
    task: Task,
}

impl<'a> Canary<'a> {
    pub(crate) async fn of(app: &'a TestApp) -> Self {
        let task = app.create_reminded(SOMEBODY_ELSE, &[at(86_400)]).await;
        Self { app, task }
    }

    /// Waits until the dispatcher has begun a look after this was called, and ended it. The first reminder that fires
    /// may do so by a look that was under way, the second cannot.
    pub(crate) async fn looked(&self) {
        for _ in 0..2 {
            sqlx::query("UPDATE reminders SET state = 'scheduled', fire_at = $2 WHERE task_id = $1")
                .bind(self.task.id.0)
                .bind(at(-86_400))
                .execute(&self.app.database().pool())
                .await
                .expect("the database is there");
            self.app.app().nudge.reminders_changed();
            eventually("the dispatcher looks", async || {
                state(self.app, &self.task).await == "fired"
            })
            .await;
        }
    }
}

/// So many seconds after the tests begin.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    instant(TestApp::START) + TimeDelta::seconds(seconds)
}

/// The state of the task's only reminder.
pub(crate) async fn state(app: &TestApp, task: &Task) -> String {
    sqlx::query_scalar("SELECT state FROM reminders WHERE task_id = $1")
        .bind(task.id.0)
        .fetch_one(&app.database().pool())
        .await
        .expect("the database is there")
}

/// How many reminders have not fired.
pub(crate) async fn scheduled(app: &TestApp) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM reminders WHERE state = 'scheduled'")
        .fetch_one(&app.database().pool())
        .await
        .expect("the database is there")
}

pub(crate) async fn all_fire(app: &TestApp) {
    eventually("everything due has fired", async || scheduled(app).await == 0).await;
}

/// As [`eventually`], while time passes: a dispatcher that is about to sleep sleeps from the time it finds then.
pub(crate) async fn eventually_in_time(app: &TestApp, what: &str, mut holds: impl AsyncFnMut() -> bool) {
    eventually(what, async || {
        app.clock().advance(TimeDelta::milliseconds(1));
        holds().await
    })
    .await;
}

/// The user's reminders that came due, as the log has them.
pub(crate) async fn fired(app: &TestApp, user: UserId) -> Vec<Recorded> {
    let mut events = app.events(user).await;
    events.retain(|recorded| recorded.event.kind == EventType::ReminderDue);
    events
}

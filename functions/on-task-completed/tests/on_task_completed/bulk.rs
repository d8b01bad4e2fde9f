//! Completions delivered in bulk, as after a dispatcher's crash: each next occurrence is made once.

use domain::{TaskId, UserId};
use events::EventType;
use serde_json::Value;
use testing::{Client, TaskBody, deliver_in_bulk, dice};

use crate::{World, daily};

const USERS: [&str; 3] = ["ann", "bob", "cleo"];
/// How many tasks each of them completes; 20 of them twice, so that there are 360 events and 1 080 deliveries.
const TASKS: usize = 100;
/// Series that go on, and for how many occurrences: 330 events.
const SERIES: usize = 30;
const OCCURRENCES: u32 = 11;

/// What a person did with a task, told by its number.
fn is_recurring(task: usize) -> bool {
    !task.is_multiple_of(5)
}

fn is_reopened(task: usize) -> bool {
    task % 5 == 1 || is_completed_again(task)
}

fn is_completed_again(task: usize) -> bool {
    task % 5 == 2
}

async fn command(client: &Client, task: &Value, name: &str) {
    let id = task["id"].as_str().expect("it has an id");
    let reply = client.command(&format!("/v1/tasks/{id}/{name}"), &[]).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

/// A person's tasks, all created and completed, some reopened, some completed again.
async fn use_dormouse(client: &Client) {
    for number in 0..TASKS {
        let body = if is_recurring(number) {
            daily()
        } else {
            TaskBody::titled("once")
        };
        let task = client.post("/v1/tasks", body).await.json;
        command(client, &task, "complete").await;
        if is_reopened(number) {
            command(client, &task, "reopen").await;
        }
        if is_completed_again(number) {
            command(client, &task, "complete").await;
        }
    }
}

/// The number of events of every user.
async fn count_events(world: &World) -> i64 {
    world.number("SELECT count(*) FROM events").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn completions_delivered_three_times_in_any_order_have_one_effect_each() {
    let mut dice = dice();
    let world = World::start().await;
    for name in USERS {
        let functions = [create_task::function, complete_task::function];
        let functions = functions.map(|function| function(world.app.app()));
        use_dormouse(&world.app.as_user(name).serve_all(functions)).await;
    }
    let events = world.app.all_events(EventType::TaskCompleted).await;
    assert_eq!(events.len(), 360);
    let before = count_events(&world).await;

    deliver_in_bulk(&world.reaction, &events, &mut dice).await;
    let awaiting = |task: &usize| is_recurring(*task) && (!is_reopened(*task) || is_completed_again(*task));
    let successors = USERS.len() * (0..TASKS).filter(awaiting).count();
    let made = "SELECT count(DISTINCT (user_id, series_id)) FROM tasks WHERE occurrence = 2 AND deleted_at IS NULL";
    assert_eq!(usize::try_from(world.number(made).await), Ok(successors));
    let tasks = world.number("SELECT count(*) FROM tasks").await;
    assert_eq!(usize::try_from(tasks), Ok(USERS.len() * TASKS + successors));
    let told = world.app.all_events(EventType::RecurringNextCreated).await;
    assert_eq!(told.len(), successors);
    let after = count_events(&world).await;
    assert_eq!(
        usize::try_from(after - before),
        Ok(2 * successors),
        "a creation and its reason"
    );
    world.nothing_is_awaited().await;

    deliver_in_bulk(&world.reaction, &events, &mut dice).await;
    assert_eq!(count_events(&world).await, after);
    world.app.verify_log().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn completion_that_comes_a_thousand_deliveries_late_changes_nothing() {
    let mut dice = dice();
    let world = World::start().await;
    let mut series = Vec::new();
    for _ in 0..SERIES {
        let task = world.create(daily()).await;
        let completed = crate::Completed {
            path: format!("/v1/tasks/{}", task["id"].as_str().expect("it has an id")),
            task,
        };
        series.push(completed);
    }
    let mut seen = 0;
    for number in 1..=OCCURRENCES {
        for series in &series {
            world.complete(&series.path_of(number)).await;
        }
        let events = world.app.all_events(EventType::TaskCompleted).await;
        // The last completions come among all that ever were, in one go.
        if number < OCCURRENCES {
            deliver_in_bulk(&world.reaction, &events[seen..], &mut dice).await;
        }
        seen = events.len();
    }
    let events = world.app.all_events(EventType::TaskCompleted).await;
    deliver_in_bulk(&world.reaction, &events, &mut dice).await;

    for series in &series {
        let last = TaskId::of_occurrence(series.series(), OCCURRENCES + 1);
        let task = world.client.get(&format!("/v1/tasks/{last}")).await.json;
        assert_eq!(task["status"], "pending");
    }
    let made = SERIES * (OCCURRENCES as usize + 1);
    let tasks = world.number("SELECT count(*) FROM tasks").await;
    assert_eq!(usize::try_from(tasks), Ok(made));
    // Created and completed, each but the last; and for each but the first what says that it is the next.
    assert_eq!(world.app.events(UserId::LOCAL).await.len(), 3 * made - 2 * SERIES);
    world.nothing_is_awaited().await;
    world.app.verify_log().await;
}

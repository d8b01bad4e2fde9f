//! Firings delivered in bulk, as after a dispatcher's crash: each notification is made once.

use chrono::TimeDelta;
use events::EventType;
use serde_json::json;
use testing::{deliver_in_bulk, dice, instant};

use crate::World;

const USERS: [&str; 3] = ["ann", "bob", "cleo"];
/// How many tasks each of them has; every other has two reminders, so that there are 300 events and 900 deliveries.
const TASKS: usize = 66;
/// One in so many is completed before anybody could call for it.
const COMPLETED: usize = 4;
/// Reminders that are snoozed again and again, and how often they fire: 330 events.
const SNOOZED: usize = 30;
const FIRINGS: usize = 11;

impl World {
    async fn fire(&self) -> usize {
        let fired = dispatch_reminders::fire_overdue(&self.app.app(), self.app.now()).await;
        fired.expect("the database is there")
    }

    async fn total(&self, sql: &'static str) -> usize {
        usize::try_from(self.number(sql).await).expect("a number of rows")
    }

    /// Snoozes what is unread.
    async fn snooze_all(&self) {
        let unread = self.client.get("/v1/notifications?unread=true&limit=200").await.json;
        let unread = unread["items"].as_array().expect("it is a list").clone();
        assert_eq!(unread.len(), SNOOZED);
        for notification in unread {
            let id = notification["id"].as_str().expect("it has an id");
            let path = format!("/v1/notifications/{id}/snooze");
            let reply = self.client.post(&path, json!({"for": "PT10M"})).await;
            assert_eq!(reply.status, 200, "{reply:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn firings_delivered_three_times_in_any_order_make_one_notification_each() {
    let mut dice = dice();
    let world = World::start().await;
    let (first, second) = (instant("2026-11-23T08:05:00Z"), instant("2026-11-23T08:06:00Z"));
    let (mut fired, mut called) = (0, 0);
    let mut completed = Vec::new();
    for name in USERS {
        let user = world.app.as_user(name);
        for number in 0..TASKS {
            let moments = &[first, second][..1 + number % 2];
            let task = world.app.create_reminded(user.id(), moments).await;
            fired += moments.len();
            if number.is_multiple_of(COMPLETED) {
                completed.push((name, task.id));
            } else {
                called += moments.len();
            }
        }
    }
    world.app.clock().set(second);
    assert_eq!(world.fire().await, fired);
    for (name, task) in completed {
        let client = world
            .app
            .as_user(name)
            .serve_all([complete_task::function(world.app.app())]);
        let reply = client.command(&format!("/v1/tasks/{task}/complete"), &[]).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    let events = world.app.all_events(EventType::ReminderDue).await;
    assert_eq!(events.len(), fired);
    let before = world.total("SELECT count(*) FROM events").await;

    deliver_in_bulk(&world.reaction, &events, &mut dice).await;
    assert_eq!(world.total("SELECT count(*) FROM notifications").await, called);
    let delivered = "SELECT count(*) FROM reminders WHERE state = 'delivered'";
    assert_eq!(world.total(delivered).await, called);
    let told = world.app.all_events(EventType::NotificationCreated).await;
    assert_eq!(told.len(), called);
    let after = world.total("SELECT count(*) FROM events").await;
    assert_eq!(after - before, called);

    deliver_in_bulk(&world.reaction, &events, &mut dice).await;
    assert_eq!(world.total("SELECT count(*) FROM events").await, after);
    world.app.verify_log().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn firing_that_comes_a_thousand_deliveries_late_makes_nothing() {
    let mut dice = dice();
    let world = World::start().await;
    for _ in 0..SNOOZED {
        world
            .create(testing::TaskBody::titled("x").reminded_at("2026-11-23T08:05:00Z"))
            .await;
    }
    world.app.clock().set(instant("2026-11-23T08:05:00Z"));
    let mut seen = 0;
    for firing in 1..=FIRINGS {
        assert_eq!(world.fire().await, SNOOZED);
        let events = world.app.all_events(EventType::ReminderDue).await;
        // The last firings come among all that ever were, in one go.
        if firing < FIRINGS {
            deliver_in_bulk(&world.reaction, &events[seen..], &mut dice).await;
            world.snooze_all().await;
            world.app.clock().advance(TimeDelta::minutes(10));
        }
        seen = events.len();
    }
    let events = world.app.all_events(EventType::ReminderDue).await;
    assert_eq!(events.len(), SNOOZED * FIRINGS);
    let before = world.total("SELECT count(*) FROM events").await;
    deliver_in_bulk(&world.reaction, &events, &mut dice).await;
    assert_eq!(world.total("SELECT count(*) FROM events").await - before, SNOOZED);

    let notifications = "SELECT count(DISTINCT (reminder_id, remind_at)) FROM notifications";
    assert_eq!(world.total(notifications).await, SNOOZED * FIRINGS);
    assert_eq!(
        world.total("SELECT count(*) FROM notifications").await,
        SNOOZED * FIRINGS
    );
    let told = world.app.all_events(EventType::NotificationCreated).await;
    assert_eq!(told.len(), SNOOZED * FIRINGS);
    world.app.verify_log().await;
}

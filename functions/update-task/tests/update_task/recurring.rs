//! What a patch of an occurrence changes of its series.

use chrono::TimeDelta;
use serde_json::json;
use testing::TaskBody;

use crate::World;

fn weekly() -> TaskBody {
    TaskBody::titled("Water the plants")
        .due("2026-12-01T09:00:00")
        .zone("Europe/Berlin")
        .repeating("FREQ=WEEKLY")
        .reminded("-PT15M")
}

#[tokio::test]
async fn a_new_date_alone_means_this_occurrence() {
    let world = World::start().await;
    let path = world.create(weekly()).await;
    let task = world.change(&path, json!({"due_date": "2026-12-03T18:00:00"})).await;
    assert_eq!(task["scheduled_for"], "2026-12-01T09:00:00");
    let next = world.next(&path).await.unwrap();
    assert_eq!(world.client.get(&next).await.json["due_date"], "2026-12-08T09:00:00");
}

#[tokio::test]
async fn a_date_that_is_moved_far_neither_repeats_nor_skips() {
    let world = World::start().await;
    let path = world.create(weekly()).await;
    world.change(&path, json!({"due_date": "2026-12-20T09:00:00"})).await;
    world.app.clock().advance(TimeDelta::days(20));
    let next = world.next(&path).await.unwrap();
    // It was done on 13 December.
    assert_eq!(world.client.get(&next).await.json["due_date"], "2026-12-15T09:00:00");
}

#[tokio::test]
async fn anything_else_means_those_that_follow_too() {
    let world = World::start().await;
    let path = world.create(weekly()).await;
    let patch = json!({"title": "Feed the cat", "tags": ["cat"], "reminders": [{"at": "2026-12-01T06:00:00Z"}]});
    world.change(&path, patch).await;
    let next = world.next(&path).await.unwrap();
    let next = world.client.get(&next).await.json;
    assert_eq!(
        (&next["title"], &next["tags"]),
        (&json!("Feed the cat"), &json!(["cat"]))
    );
    assert_eq!(next["reminders"][0]["offset"], "-PT2H");
}

#[tokio::test]
async fn scope_says_otherwise() {
    let world = World::start().await;
    let path = world.create(weekly()).await;
    world
        .change(&format!("{path}?scope=this"), json!({"title": "Only today"}))
        .await;
    let following = format!("{path}?scope=following");
    world
        .change(&following, json!({"due_date": "2026-12-02T10:00:00"}))
        .await;
    let next = world.next(&path).await.unwrap();
    let next = world.client.get(&next).await.json;
    assert_eq!(next["title"], "Water the plants");
    assert_eq!(next["due_date"], "2026-12-09T10:00:00");

    let rule = json!({"recurrence_rule": "FREQ=DAILY"});
    let refused = world.client.patch(&format!("{path}?scope=this"), rule).await;
    assert_eq!(refused.faults(), ["/recurrence_rule"]);
}

#[tokio::test]
async fn what_was_said_of_this_occurrence_can_be_said_of_those_that_follow() {
    let world = World::start().await;
    let path = world.create(weekly()).await;
    let said = json!({
        "title": "Feed the cat",
        "priority": "high",
        "due_date": "2026-12-02T10:00:00",
        "time_zone": "UTC",
        "reminders": [{"offset": "-PT5M"}],
    });
    let task = world.change(&format!("{path}?scope=this"), said).await;
    let again = json!({
        "title": task["title"],
        "due_date": task["due_date"],
        "time_zone": task["time_zone"],
        "reminders": task["reminders"],
    });
    let task = world.change(&format!("{path}?scope=following"), again.clone()).await;
    assert_eq!(world.changed().await, json!(["scheduled_for"]));
    // Now there is nothing left of it to be changed.
    let events = world.events().await;
    assert_eq!(world.change(&format!("{path}?scope=following"), again).await, task);
    assert_eq!(world.events().await, events);

    let next = world.next(&path).await.unwrap();
    let next = world.client.get(&next).await.json;
    let shown = ["title", "priority", "due_at"].map(|name| &next[name]);
    assert_eq!(
        shown,
        [&json!("Feed the cat"), &json!("medium"), &json!("2026-12-09T10:00:00Z")]
    );
    assert_eq!(next["reminders"][0]["offset"], "-PT5M");
}

#[tokio::test]
async fn a_zone_said_of_this_occurrence_can_be_said_of_those_that_follow() {
    let world = World::start().await;
    let path = world.create(weekly()).await;
    let zone = json!({"time_zone": "UTC"});
    let task = world.change(&format!("{path}?scope=this"), zone.clone()).await;
    let events = world.events().await;
    assert_eq!(world.change(&format!("{path}?scope=following"), zone).await, task);
    assert_eq!(world.events().await, events);
    let next = world.next(&path).await.unwrap();
    assert_eq!(world.client.get(&next).await.json["due_at"], "2026-12-08T09:00:00Z");
}

#[tokio::test]
async fn earlier_occurrences_keep_what_they_show() {
    let world = World::start().await;
    let first = world.create(weekly()).await;
    let second = world.next(&first).await.unwrap();
    let before = world.client.get(&first).await;
    let task = world
        .change(
            &second,
            json!({"recurrence_rule": "FREQ=DAILY", "exceptions": ["2026-12-09T09:00:00"]}),
        )
        .await;
    assert_eq!(task["series_id"], before.json["series_id"]);
    let after = world.client.get(&first).await;
    assert_eq!(
        (after.header("etag"), &after.json),
        (before.header("etag"), &before.json)
    );
    let third = world.next(&second).await.unwrap();
    let third = world.client.get(&third).await.json;
    assert_eq!(
        (&third["due_date"], &third["occurrence"]),
        (&json!("2026-12-10T09:00:00"), &json!(3))
    );
    assert_eq!(third["recurrence_rule"], "FREQ=DAILY");
}

#[tokio::test]
async fn an_occurrence_that_another_follows_is_changed_alone() {
    let world = World::start().await;
    let first = world.create(weekly()).await;
    let second = world.next(&first).await.unwrap();
    world.change(&first, json!({"title": "Watered"})).await;
    assert_eq!(world.client.get(&second).await.json["title"], "Water the plants");
    let refused = world
        .client
        .patch(&format!("{first}?scope=following"), json!({"title": "y"}))
        .await;
    assert_eq!(refused.problem(), "not-possible");
    let refused = world
        .client
        .patch(&first, json!({"recurrence_rule": "FREQ=DAILY"}))
        .await;
    assert_eq!(refused.faults(), ["/recurrence_rule"]);
}

#[tokio::test]
async fn a_changed_successor_is_not_withdrawn_and_not_made_twice() {
    let world = World::start().await;
    let first = world.create(weekly()).await;
    let second = world.next(&first).await.unwrap();
    world.change(&second, json!({"recurrence_rule": "FREQ=DAILY"})).await;
    world.reopen(&first).await;
    assert_eq!(world.client.get(&second).await.status, 200);
    assert_eq!(world.next(&first).await, None);
    assert_eq!(world.number("SELECT count(*) FROM tasks").await, 2);
}

#[tokio::test]
async fn a_revived_occurrence_reminds_as_its_person_says_now() {
    let world = World::start().await;
    let first = world.create(weekly()).await;
    let second = world.next(&first).await.unwrap();
    world
        .run("UPDATE reminders r SET state = 'delivered' FROM tasks t WHERE t.id = r.task_id AND t.occurrence = 2")
        .await;
    for (given, wanted) in [
        (json!([{"offset": "-PT5M"}]), json!([["-PT5M", "scheduled"]])),
        (json!([]), json!([])),
        (json!([{"offset": "-PT15M"}]), json!([["-PT15M", "scheduled"]])),
    ] {
        world.reopen(&first).await;
        world.change(&first, json!({"reminders": given})).await;
        world.next(&first).await.unwrap();
        let revived = world.client.get(&second).await.json;
        let reminders = revived["reminders"].as_array().unwrap();
        let shown: Vec<_> = reminders.iter().map(|r| json!([r["offset"], r["state"]])).collect();
        assert_eq!(json!(shown), wanted);
    }
    // It is no firing that was told before, though a reminder of this id was there and went.
    let told_before = "SELECT count(*) FROM reminders r JOIN tasks t ON t.id = r.task_id
                       WHERE t.occurrence = 2 AND r.generation = 1";
    assert_eq!(world.number(told_before).await, 0);
}

#[tokio::test]
async fn an_occurrence_that_comes_back_is_changed_whatever_its_series_became_without_it() {
    let world = World::start().await;
    let first = world.create(weekly()).await;
    let second = world.next(&first).await.unwrap();
    world.reopen(&first).await;
    assert_eq!(world.skip(&first).await.status, 200);
    world.client.command(&format!("{second}/restore"), &[]).await;
    let before = world.client.get(&first).await.json;

    world.change(&second, json!({"recurrence_rule": "FREQ=DAILY"})).await;
    assert_eq!(world.skip(&second).await.status, 200);
    assert_eq!(world.client.get(&first).await.json, before);
    let third = world.next(&second).await.unwrap();
    assert_eq!(world.client.get(&third).await.json["due_date"], "2026-12-10T09:00:00");
}

#[tokio::test]
async fn a_task_begins_to_repeat() {
    let world = World::start().await;
    let path = world.create(TaskBody::titled("x")).await;
    let refused = world
        .client
        .patch(&path, json!({"recurrence_rule": "FREQ=DAILY"}))
        .await;
    assert_eq!(refused.faults(), ["/due_date"]);
    let task = world
        .change(
            &path,
            json!({"recurrence_rule": "FREQ=DAILY", "due_date": "2026-12-01"}),
        )
        .await;
    assert_eq!(
        (&task["occurrence"], &task["scheduled_for"]),
        (&json!(1), &json!("2026-12-01"))
    );
    let next = world.next(&path).await.unwrap();
    assert_eq!(world.client.get(&next).await.json["due_date"], "2026-12-02");
}

#[tokio::test]
async fn a_completed_task_that_begins_to_repeat_awaits_its_successor() {
    let world = World::start().await;
    let path = world.create(TaskBody::titled("x").due("2026-12-01")).await;
    world.complete(&path).await;
    world.change(&path, json!({"recurrence_rule": "FREQ=DAILY"})).await;
    let awaited = "SELECT count(*) FROM tasks WHERE successor_awaited_since IS NOT NULL";
    assert_eq!(world.number(awaited).await, 1);
}

#[tokio::test]
async fn a_task_ends_repeating() {
    let world = World::start().await;
    let path = world.create(weekly()).await;
    let refused = world
        .client
        .patch(&path, json!({"due_date": null, "reminders": []}))
        .await;
    assert_eq!(refused.faults(), ["/due_date", "/recurrence_rule"]);
    let task = world.change(&path, json!({"recurrence_rule": null})).await;
    assert_eq!((&task["series_id"], &task["occurrence"]), (&json!(null), &json!(null)));
    assert_eq!(world.next(&path).await, None);
    assert_eq!(world.client.get(&path).await.json["status"], "completed");
}

#[tokio::test]
async fn a_count_goes_on_over_a_new_date_for_all_that_follow() {
    let world = World::start().await;
    let body = TaskBody::titled("x").due("2026-12-01").repeating("FREQ=DAILY;COUNT=3");
    let first = world.create(body).await;
    let second = world.next(&first).await.unwrap();
    let task = world
        .change(&format!("{second}?scope=following"), json!({"due_date": "2026-12-05"}))
        .await;
    assert_eq!(task["recurrence_rule"], "FREQ=DAILY;COUNT=2");
    let third = world.next(&second).await.unwrap();
    assert_eq!(world.client.get(&third).await.json["due_date"], "2026-12-06");
    assert_eq!(world.next(&third).await, None);
}

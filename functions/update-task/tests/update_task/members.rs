//! What a patch changes.

use serde_json::{Value, json};
use testing::TaskBody;

use crate::World;

fn whole() -> TaskBody {
    TaskBody::titled("Water the plants")
        .due("2026-12-01T09:00:00")
        .zone("Europe/Berlin")
        .with("description", "Balcony too")
        .with("priority", "high")
        .with("tags", json!(["home"]))
        .reminded("-PT15M")
        .reminded_at("2026-11-30T08:00:00Z")
}

#[tokio::test]
async fn what_was_read_can_be_sent_back_and_changes_nothing() {
    let world = World::start().await;
    for body in [
        whole(),
        whole().repeating("FREQ=WEEKLY;BYDAY=TU"),
        TaskBody::titled("x"),
    ] {
        let path = world.create(body).await;
        let read = world.client.get(&path).await.json;
        let events = world.events().await;
        for patch in [read.clone(), json!({})] {
            let reply = world.client.patch(&path, patch).await;
            assert_eq!((reply.status.as_u16(), &reply.json), (200, &read), "{reply:?}");
            assert_eq!(reply.header("etag"), "\"1\"");
        }
        assert_eq!(world.events().await, events);
    }
}

#[tokio::test]
async fn every_member_is_changed_and_kept() {
    let world = World::start().await;
    let path = world.create(whole()).await;
    let patch = json!({
        "title": "Feed the cat",
        "description": "Dry food",
        "priority": "LOW",
        "tags": ["cat", "Cat", "food"],
        "due_date": "2026-12-02",
        "time_zone": "America/New_York",
        "reminders": [{"offset": "PT9H"}],
    });
    let task = world.change(&path, patch).await;
    assert_eq!(task["title"], "Feed the cat");
    assert_eq!(task["priority"], "low");
    assert_eq!(task["tags"], json!(["cat", "food"]));
    assert_eq!(task["due_at"], "2026-12-02T05:00:00Z");
    assert_eq!(task["reminders"][0]["fire_at"], "2026-12-02T14:00:00Z");
    assert_eq!(task["reminders"].as_array().unwrap().len(), 1);
    assert_eq!(world.client.get(&path).await.json, task);
    assert_eq!(
        world.changed().await,
        json!([
            "title",
            "description",
            "priority",
            "tags",
            "due_date",
            "time_zone",
            "due_at",
            "reminders"
        ])
    );
}

#[tokio::test]
async fn a_member_that_is_null_takes_what_it_has_where_nothing_is_said() {
    let world = World::start().await;
    let path = world.create(whole()).await;
    let nulls = json!({
        "description": null, "priority": null, "tags": null, "due_date": null, "time_zone": null,
        "recurrence_rule": null, "recurrence_mode": null, "exceptions": null, "additions": null, "reminders": null,
    });
    let task = world.change(&path, nulls).await;
    let bare = world.create(TaskBody::titled("Water the plants")).await;
    let bare = world.client.get(&bare).await.json;
    for name in [
        "description",
        "priority",
        "tags",
        "due_date",
        "due_at",
        "time_zone",
        "reminders",
    ] {
        assert_eq!(task[name], bare[name], "{name}");
    }
}

#[tokio::test]
async fn reminders_are_matched_by_id() {
    let world = World::start().await;
    let path = world.create(whole()).await;
    let reminders = world.client.get(&path).await.json["reminders"].clone();
    let patch = json!({"reminders": [reminders[1], {"id": reminders[0]["id"], "offset": "-PT30M"}]});
    let task = world.change(&path, patch).await;
    assert_eq!(task["reminders"][0], reminders[1]);
    assert_eq!(task["reminders"][1]["id"], reminders[0]["id"]);
    assert_eq!(task["reminders"][1]["fire_at"], "2026-12-01T07:30:00Z");
    let generations = "SELECT sum(generation)::bigint FROM reminders";
    assert_eq!(world.number(generations).await, 3);

    let task = world.change(&path, json!({"remind_at": "2026-11-29T08:00:00Z"})).await;
    assert_eq!(task["reminders"].as_array().unwrap().len(), 1);
    let task = world.change(&path, json!({"remind_at": null})).await;
    assert_eq!(task["reminders"], json!([]));
}

#[tokio::test]
async fn a_new_zone_keeps_the_local_time() {
    let world = World::start().await;
    let path = world.create(whole()).await;
    let task = world.change(&path, json!({"time_zone": "UTC"})).await;
    assert_eq!(task["due_date"], "2026-12-01T09:00:00");
    assert_eq!(task["due_at"], "2026-12-01T09:00:00Z");
    assert_eq!(task["reminders"][0]["fire_at"], "2026-12-01T08:45:00Z");
    assert_eq!(task["reminders"][1]["fire_at"], "2026-11-30T08:00:00Z");
}

#[tokio::test]
async fn every_fault_is_told_at_once_and_nothing_is_changed() {
    let world = World::start().await;
    let path = world.create(whole()).await;
    let before = world.client.get(&path).await.json;
    let patch = json!({
        "id": "x",
        "title": null,
        "status": "completed",
        "version": 7,
        "tags": [""],
        "colour": "red",
        "due_date": "tomorrow",
    });
    let refused = world.client.patch(&path, patch).await;
    assert_eq!(refused.problem(), "validation-failed");
    let mut faults = refused.faults();
    faults.sort_unstable();
    let expected = [
        "/colour",
        "/due_date",
        "/id",
        "/status",
        "/tags/0",
        "/title",
        "/version",
    ];
    assert_eq!(faults, expected);

    let reminders = json!({"reminders": [
        {"id": "no id", "at": "2026-12-01T00:00:00Z"},
        {"id": "019ac0de-0000-7000-8000-000000000000"},
        {"at": "2026-12-01T00:00:00Z", "state": "delivered"},
        {"at": "2026-12-01T00:00:00Z", "offset": "PT1H"},
    ]});
    let refused = world.client.patch(&path, reminders).await;
    assert_eq!(
        refused.faults(),
        ["/reminders/0/id", "/reminders/2/state", "/reminders/3"]
    );
    let unknown = json!({"reminders": [{"id": "019ac0de-0000-7000-8000-000000000000"}, {}]});
    let refused = world.client.patch(&path, unknown).await;
    assert_eq!(refused.faults(), ["/reminders/0/id", "/reminders/1"]);
    let past = json!({"reminders": [{"at": "2026-11-01T00:00:00Z"}]});
    assert_eq!(world.client.patch(&path, past).await.faults(), ["/reminders/0/at"]);
    assert_eq!(world.client.get(&path).await.json, before);
}

#[tokio::test]
async fn a_date_that_reminders_count_from_is_not_taken_away() {
    let world = World::start().await;
    let path = world.create(whole()).await;
    let refused = world.client.patch(&path, json!({"due_date": null})).await;
    assert_eq!(refused.faults(), ["/due_date"]);
}

#[tokio::test]
async fn a_body_that_is_no_object_is_refused() {
    let world = World::start().await;
    let path = world.create(whole()).await;
    for body in [json!([]), json!(null), json!("x"), json!(1)] {
        assert_eq!(world.client.patch(&path, body).await.problem(), "validation-failed");
    }
    let unread: Value = world.client.patch(&format!("{path}?scope=all"), json!({})).await.json;
    assert_eq!(unread["errors"][0]["parameter"], "scope");
}

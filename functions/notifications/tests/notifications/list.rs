//! Listing.

use serde_json::Value;

use crate::{World, titles};

/// Three notifications, and the second of them read.
async fn three() -> World {
    let world = World::start().await;
    for (title, at) in [("a", "08:01"), ("b", "08:02"), ("c", "08:03")] {
        world.remind(title, &format!("2026-11-23T{at}:00Z")).await;
        if title == "b" {
            let path = world.newest().await;
            world.client.command(&format!("{path}/read"), &[]).await;
        }
    }
    world
}

#[tokio::test]
async fn newest_comes_first() {
    let world = three().await;
    assert_eq!(titles(&world.list("").await), ["c", "b", "a"]);
    world.app.verify_log().await;
}

#[tokio::test]
async fn unread_ones_can_be_asked_for() {
    let world = three().await;
    assert_eq!(titles(&world.list("?unread=true").await), ["c", "a"]);
    assert_eq!(titles(&world.list("?unread=false").await), ["c", "b", "a"]);
}

#[tokio::test]
async fn pages_hold_their_place_while_more_come() {
    for (filter, wanted) in [("", ["c", "b", "a"].as_slice()), ("unread=true&", &["c", "a"])] {
        let world = three().await;
        let first = world.list(&format!("?{filter}limit=1")).await;
        let mut seen: Vec<_> = titles(&first).into_iter().map(str::to_owned).collect();
        world.remind("d", "2026-11-23T08:04:00Z").await;
        let mut cursor = first["next_cursor"].clone();
        while let Some(text) = cursor.as_str() {
            let page = world.list(&format!("?{filter}limit=1&cursor={text}")).await;
            seen.extend(titles(&page).into_iter().map(str::to_owned));
            cursor = page["next_cursor"].clone();
        }
        assert_eq!(seen, wanted);
    }
}

#[tokio::test]
async fn those_of_one_moment_are_all_listed_once() {
    let world = World::start().await;
    for title in ["a", "b", "c"] {
        let body = testing::TaskBody::titled(title).reminded_at("2026-11-23T08:05:00Z");
        world.client.post("/v1/tasks", body).await;
    }
    world.app.clock().set(testing::instant("2026-11-23T08:05:00Z"));
    dispatch_reminders::fire_overdue(&world.app.app(), world.app.now())
        .await
        .unwrap();
    let reaction = on_reminder_due::function(world.app.app());
    for event in world.app.events(domain::UserId::LOCAL).await {
        world.app.deliver(&reaction, &event).await;
    }
    let mut seen = Vec::new();
    let mut query = "?limit=1".to_owned();
    loop {
        let page = world.list(&query).await;
        seen.extend(titles(&page).into_iter().map(str::to_owned));
        let Value::String(cursor) = &page["next_cursor"] else {
            break;
        };
        query = format!("?limit=1&cursor={cursor}");
    }
    seen.sort_unstable();
    assert_eq!(seen, ["a", "b", "c"]);
}

#[tokio::test]
async fn cursor_of_another_list_or_an_altered_one_is_refused() {
    let world = three().await;
    let page = world.list("?limit=1").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    for query in [
        format!("unread=true&cursor={cursor}"),
        format!("cursor={}", &cursor[1..]),
        "cursor=".to_owned(),
    ] {
        let reply = world.client.get(&format!("/v1/notifications?{query}")).await;
        assert_eq!(
            (reply.status.as_u16(), reply.faults()),
            (400, vec!["cursor"]),
            "{query}"
        );
    }
}

#[tokio::test]
async fn every_fault_of_the_query_is_named_at_once() {
    let world = World::start().await;
    let reply = world
        .client
        .get("/v1/notifications?unread=yes&limit=201&colour=red")
        .await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (400, "malformed-request"));
    let mut faults = reply.faults();
    faults.sort_unstable();
    assert_eq!(faults, ["colour", "limit", "unread"]);
}

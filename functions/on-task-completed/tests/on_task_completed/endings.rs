//! Where a series ends, and what is not made again.

use crate::{World, daily};

#[tokio::test]
async fn count_ends_a_series() {
    let world = World::start().await;
    let first = world.completed(daily().repeating("FREQ=DAILY;COUNT=2")).await;
    world.deliver().await;
    world.complete(&first.next_path(2)).await;
    world.deliver().await;
    assert_eq!(world.next(&first, 3).await, None);
    assert_eq!(world.number("SELECT count(*) FROM tasks").await, 2);
    world.nothing_is_awaited().await;
    world.app.verify_log().await;
}

#[tokio::test]
async fn until_ends_a_series_after_the_moment_it_names() {
    let world = World::start().await;
    // 09:00 in Berlin is 08:00 in UTC.
    let first = world
        .completed(daily().repeating("FREQ=DAILY;UNTIL=20261125T080000Z"))
        .await;
    world.deliver().await;
    assert!(world.next(&first, 2).await.is_some());
    world.complete(&first.next_path(2)).await;
    world.deliver().await;
    assert_eq!(world.next(&first, 3).await, None);
    world.nothing_is_awaited().await;
    world.app.verify_log().await;
}

#[tokio::test]
async fn successor_that_was_purged_is_not_made_again() {
    let world = World::start().await;
    let completed = world.completed(daily().reminded("-PT5M")).await;
    world.deliver().await;
    for purge in [
        "DELETE FROM reminders WHERE task_id IN (SELECT id FROM tasks WHERE occurrence = 2)",
        "DELETE FROM tasks WHERE occurrence = 2",
    ] {
        sqlx::query(purge).execute(&world.app.database().pool()).await.unwrap();
    }
    let events = world.events().await;
    world.deliver().await;
    assert_eq!(world.next(&completed, 2).await, None);
    assert_eq!(world.events().await, events);
    world.nothing_is_awaited().await;
}

#[tokio::test]
async fn successor_that_its_person_deleted_is_not_made_again() {
    let world = World::start().await;
    let completed = world.completed(daily()).await;
    world.deliver().await;
    sqlx::query("UPDATE tasks SET deleted_at = created_at, touched = true WHERE occurrence = 2")
        .execute(&world.app.database().pool())
        .await
        .unwrap();
    world.reopen(&completed.path).await;
    world.complete(&completed.path).await;
    world.deliver().await;
    assert_eq!(world.next(&completed, 2).await, None);
    assert_eq!(world.number("SELECT count(*) FROM tasks").await, 2);
    world.nothing_is_awaited().await;
    world.app.verify_log().await;
}

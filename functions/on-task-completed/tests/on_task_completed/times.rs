//! When the next occurrence is due.

use serde_json::{Value, json};
use testing::TaskBody;

use crate::{World, daily};

fn due(date: &str, at: &str) -> (Value, Value) {
    (json!(date), json!(at))
}

#[tokio::test]
async fn task_that_is_completed_early_moves_on_by_one() {
    let world = World::start().await;
    let next = world.next_due(daily(), "2026-11-23T08:00:01Z").await;
    assert_eq!(next, due("2026-11-25T09:00:00", "2026-11-25T08:00:00Z"));
}

#[tokio::test]
async fn missed_occurrences_are_skipped() {
    let world = World::start().await;
    let next = world.next_due(daily(), "2026-12-10T12:00:00Z").await;
    assert_eq!(next, due("2026-12-11T09:00:00", "2026-12-11T08:00:00Z"));
}

#[tokio::test]
async fn occurrence_due_at_the_very_moment_of_completion_is_skipped_and_one_just_after_it_is_not() {
    let world = World::start().await;
    let next = world.next_due(daily(), "2026-12-10T08:00:00Z").await;
    assert_eq!(next.0, "2026-12-11T09:00:00");
    let world = World::start().await;
    let next = world.next_due(daily(), "2026-12-10T07:59:59.999999Z").await;
    assert_eq!(next.0, "2026-12-10T09:00:00");
}

#[tokio::test]
async fn date_without_time_repeats_as_a_date() {
    let world = World::start().await;
    let body = TaskBody::titled("x")
        .due("2026-11-30")
        .zone("America/New_York")
        .repeating("FREQ=MONTHLY");
    let next = world.next_due(body, "2026-12-01T04:59:59Z").await;
    assert_eq!(next, due("2026-12-30", "2026-12-30T05:00:00Z"));
}

#[tokio::test]
async fn local_time_stays_when_clocks_go_forward() {
    let world = World::start().await;
    let body = daily().due("2027-03-27T09:00:00");
    let next = world.next_due(body, "2027-03-27T08:30:00Z").await;
    assert_eq!(next, due("2027-03-28T09:00:00", "2027-03-28T07:00:00Z"));
}

#[tokio::test]
async fn local_time_stays_when_clocks_go_back() {
    let world = World::start().await;
    let body = daily().due("2027-10-30T09:00:00");
    let next = world.next_due(body, "2027-10-30T07:30:00Z").await;
    assert_eq!(next, due("2027-10-31T09:00:00", "2027-10-31T08:00:00Z"));
}

#[tokio::test]
async fn time_that_clocks_skip_is_read_with_the_offset_before() {
    let world = World::start().await;
    let body = daily().due("2027-03-27T02:30:00");
    let next = world.next_due(body, "2027-03-27T02:00:00Z").await;
    assert_eq!(next, due("2027-03-28T02:30:00", "2027-03-28T01:30:00Z"));
}

#[tokio::test]
async fn task_by_completion_counts_from_the_day_it_was_done() {
    let world = World::start().await;
    let body = daily()
        .repeating("FREQ=DAILY;INTERVAL=3")
        .with("recurrence_mode", "completion");
    // It is the 11th already where the task is.
    let next = world.next_due(body, "2026-12-10T23:30:00Z").await;
    assert_eq!(next, due("2026-12-14T09:00:00", "2026-12-14T08:00:00Z"));
}

#[tokio::test]
async fn count_counts_occurrences_by_completion() {
    let world = World::start().await;
    let body = daily()
        .repeating("FREQ=DAILY;COUNT=2")
        .with("recurrence_mode", "completion");
    let first = world.completed(body).await;
    world.deliver().await;
    assert_eq!(world.next(&first, 2).await.unwrap()["due_date"], "2026-11-24T09:00:00");
    world.complete(&first.next_path(2)).await;
    world.deliver().await;
    assert_eq!(world.next(&first, 3).await, None);
}

#[tokio::test]
async fn exceptions_are_left_out_and_additions_put_in() {
    let world = World::start().await;
    let body = daily()
        .with("exceptions", vec!["2026-11-25T09:00:00"])
        .with("additions", vec!["2026-11-25T18:00:00"]);
    let first = world.completed(body).await;
    for (number, date) in [(2, "2026-11-25T18:00:00"), (3, "2026-11-26T09:00:00")] {
        world.deliver().await;
        assert_eq!(world.next(&first, number).await.unwrap()["due_date"], date);
        world.complete(&first.next_path(number)).await;
    }
}

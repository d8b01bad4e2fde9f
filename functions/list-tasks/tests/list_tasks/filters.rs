//! Each filter and each order.

use testing::{Client, TaskBody, TestApp};

use crate::{create, encoded, found, start};

async fn put(client: &Client, body: TaskBody) -> String {
    client.post("/v1/tasks", body).await.id()
}

async fn delete(app: &TestApp, id: &str) {
    sqlx::query("UPDATE tasks SET deleted_at = now() WHERE id = $1::text::uuid")
        .bind(id)
        .execute(&app.database().pool())
        .await
        .unwrap();
}

#[tokio::test]
async fn priorities_are_any_of_those_given_and_tags_all_of_them() {
    let (_app, client) = start().await;
    for (title, priority, tags) in [
        ("a", "high", &["Home", "garden"][..]),
        ("b", "low", &["home"]),
        ("c", "medium", &["it's \\ & x:*"]),
        ("d", "high", &[]),
    ] {
        put(
            &client,
            TaskBody::titled(title).with("priority", priority).with("tags", tags),
        )
        .await;
    }
    let quirky = format!("sort=title&tag={}", encoded(" IT'S \\ & x:* "));
    for (query, wanted) in [
        ("sort=title&priority=high", &["a", "d"][..]),
        ("sort=title&priority=LOW&priority=high&priority=low", &["a", "b", "d"]),
        ("sort=title&tag=HOME", &["a", "b"]),
        ("sort=title&tag=home&tag=Garden", &["a"]),
        ("sort=title&tag=hom", &[]),
        ("sort=title&tag=home&priority=low", &["b"]),
        (&quirky, &["c"]),
    ] {
        assert_eq!(found(&client, query).await, wanted, "{query}");
    }
}

#[tokio::test]
async fn due_is_bounded_by_instants_and_by_local_dates() {
    let (_app, client) = start().await;
    for (title, due, zone) in [
        ("day", "2026-12-01", "UTC"),
        ("berlin", "2026-12-01", "Europe/Berlin"),
        ("noon", "2026-12-01T12:00", "UTC"),
        ("next", "2026-12-02", "UTC"),
    ] {
        put(&client, TaskBody::titled(title).due(due).zone(zone)).await;
    }
    create(&client, "never", None).await;
    for (query, wanted) in [
        ("due_after=2026-12-01", &["day", "noon", "next"][..]),
        (
            "due_after=2026-12-01&time_zone=Europe/Berlin",
            &["berlin", "day", "noon", "next"],
        ),
        ("due_before=2026-12-01", &["berlin"]),
        ("due_after=2026-12-01T12:00:00Z", &["noon", "next"]),
        ("due_before=2026-12-01T12:00:00Z", &["berlin", "day"]),
        ("due_after=2026-12-01T13:00:00%2B01:00&due_before=2026-12-02", &["noon"]),
        ("due_after=2026-12-02&due_before=2026-12-01", &[]),
        ("time_zone=Europe/Berlin", &["berlin", "day", "noon", "next", "never"]),
        ("due_after=2026-12-01&sort=-due_at", &["next", "noon", "day"]),
        ("due_after=2026-12-01&sort=-title", &["noon", "next", "day"]),
    ] {
        assert_eq!(found(&client, query).await, wanted, "{query}");
    }
}

#[tokio::test]
async fn date_is_overdue_when_its_local_day_has_ended() {
    let (_app, client) = start().await;
    // It is Monday the 23rd, 8:00 in UTC, 22:00 the day before in Honolulu, and 22:00 of that day in Kiritimati.
    for (title, due, zone) in [
        ("today", "2026-11-23", "UTC"),
        ("yesterday", "2026-11-22", "UTC"),
        ("there", "2026-11-22", "Pacific/Honolulu"),
        ("an hour ago", "2026-11-23T07:00", "UTC"),
        ("now", "2026-11-23T08:00", "UTC"),
        ("soon", "2026-11-23T08:00:01", "UTC"),
    ] {
        put(&client, TaskBody::titled(title).due(due).zone(zone)).await;
    }
    create(&client, "never", None).await;
    let done = put(&client, TaskBody::titled("done").due("2026-11-01")).await;
    client.command(&format!("/v1/tasks/{done}/complete"), &[]).await;
    for (query, wanted) in [
        ("overdue=true&sort=title", &["an hour ago", "now", "yesterday"][..]),
        ("overdue=true", &["yesterday", "an hour ago", "now"]),
        (
            "overdue=true&status=all&sort=title",
            &["an hour ago", "now", "yesterday"],
        ),
        ("overdue=true&status=completed", &[]),
        ("overdue=false&sort=title", &["never", "soon", "there", "today"]),
        ("overdue=false", &["there", "today", "soon", "never"]),
        (
            "overdue=false&status=all&sort=-title",
            &["today", "there", "soon", "never", "done"],
        ),
    ] {
        assert_eq!(found(&client, query).await, wanted, "{query}");
    }
}

#[tokio::test]
async fn deleted_tasks_are_listed_only_when_asked_for_and_then_alone() {
    let (app, client) = start().await;
    create(&client, "here", None).await;
    let open = create(&client, "open", Some("2026-12-01")).await;
    let done = create(&client, "done", Some("2026-12-02")).await;
    client.command(&format!("/v1/tasks/{done}/complete"), &[]).await;
    for id in [&open, &done] {
        delete(&app, id).await;
    }
    for (query, wanted) in [
        ("status=all", &["here"][..]),
        ("deleted=false", &["here"]),
        ("deleted=true", &["open", "done"]),
        ("deleted=true&status=completed", &["done"]),
        ("deleted=true&q=open", &["open"]),
    ] {
        assert_eq!(found(&client, query).await, wanted, "{query}");
    }
}

#[tokio::test]
async fn each_order_has_its_opposite_and_no_due_is_last_in_both() {
    let (app, client) = start().await;
    for (title, priority, due) in [
        ("Äpfel", "low", Some("2026-12-02")),
        ("zoo", "high", Some("2026-12-01")),
        ("Birne", "medium", None),
    ] {
        let body = TaskBody::titled(title).with("priority", priority).with("due_date", due);
        let id = put(&client, body).await;
        app.clock().advance(chrono::TimeDelta::seconds(1));
        if title == "Äpfel" {
            app.clock().advance(chrono::TimeDelta::seconds(5));
            client.command(&format!("/v1/tasks/{id}/complete"), &[]).await;
            app.clock().advance(chrono::TimeDelta::seconds(-5));
        }
    }
    for (sort, wanted) in [
        ("due_at", ["zoo", "Äpfel", "Birne"]),
        ("-due_at", ["Äpfel", "zoo", "Birne"]),
        ("created_at", ["Äpfel", "zoo", "Birne"]),
        ("-created_at", ["Birne", "zoo", "Äpfel"]),
        ("updated_at", ["zoo", "Birne", "Äpfel"]),
        ("-updated_at", ["Äpfel", "Birne", "zoo"]),
        ("priority", ["Äpfel", "Birne", "zoo"]),
        ("-priority", ["zoo", "Birne", "Äpfel"]),
        ("title", ["Äpfel", "Birne", "zoo"]),
        ("-title", ["zoo", "Birne", "Äpfel"]),
    ] {
        assert_eq!(
            found(&client, &format!("status=all&sort={sort}")).await,
            wanted,
            "{sort}"
        );
    }
}

//! `GET /v1/tasks` against a real database.

use domain::UserId;
use runtime::cursor;
use serde_json::Value;
use testing::{Client, SOMEBODY_ELSE, TaskBody, TestApp};

async fn start() -> (TestApp, Client) {
    let app = TestApp::start().await;
    let functions = [create_task::function, complete_task::function, list_tasks::function];
    let client = app.serve_all(functions.map(|function| function(app.app())));
    (app, client)
}

async fn create(client: &Client, title: &str, due: Option<&str>) -> String {
    let body = TaskBody::titled(title);
    let body = match due {
        Some(date) => body.due(date),
        None => body,
    };
    client.post("/v1/tasks", body).await.id()
}

fn titles(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(|task| task["title"].as_str()).collect()
}

#[tokio::test]
async fn task_that_cannot_be_read_does_not_take_the_others_with_it() {
    let (app, client) = start().await;
    for title in ["one", "damaged", "three"] {
        create(&client, title, None).await;
    }
    sqlx::query("UPDATE tasks SET time_zone = 'Mars/Base' WHERE title = 'damaged'")
        .execute(&app.database().pool())
        .await
        .unwrap();
    // The clock stands still, so that their order is nobody's.
    let page = client.get("/v1/tasks").await.json;
    let mut readable = titles(&page);
    readable.sort_unstable();
    assert_eq!(readable, ["one", "three"]);
}

#[tokio::test]
async fn tasks_come_by_due_with_those_without_at_the_end() {
    let (_app, client) = start().await;
    for (title, due) in [
        ("late", Some("2027-01-01")),
        ("never", None),
        ("noon", Some("2026-12-01T12:00:00")),
        ("day", Some("2026-12-01")),
        ("past", Some("1999-01-01")),
        ("no day", None),
    ] {
        create(&client, title, due).await;
    }
    let reply = client.get("/v1/tasks").await;
    assert_eq!(reply.status, 200);
    assert_eq!(titles(&reply.json)[..4], ["past", "day", "noon", "late"]);
    let mut without = titles(&reply.json)[4..].to_vec();
    without.sort_unstable();
    assert_eq!(without, ["never", "no day"]);
    assert_eq!(reply.json["next_cursor"], Value::Null);
}

#[tokio::test]
async fn ties_are_broken_by_id() {
    let (_app, client) = start().await;
    for due in [None, Some("2026-12-01")] {
        for _ in 0..5 {
            create(&client, "x", due).await;
        }
    }
    let page = client.get("/v1/tasks").await.json;
    let ids: Vec<_> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| task["id"].as_str().unwrap())
        .collect();
    assert!(ids[..5].is_sorted() && ids[5..].is_sorted(), "{ids:?}");
}

#[tokio::test]
async fn status_chooses_and_pending_is_meant_where_it_is_absent() {
    let (_app, client) = start().await;
    create(&client, "open", Some("2026-12-01")).await;
    let done = create(&client, "done", Some("2026-12-02")).await;
    client.command(&format!("/v1/tasks/{done}/complete"), &[]).await;
    for (query, wanted) in [
        ("", &["open"][..]),
        ("?status=pending", &["open"]),
        ("?status=completed", &["done"]),
        ("?status=all", &["open", "done"]),
    ] {
        assert_eq!(
            titles(&client.get(&format!("/v1/tasks{query}")).await.json),
            wanted,
            "{query}"
        );
    }
}

#[tokio::test]
async fn items_are_tasks_as_they_read_alone() {
    let (_app, client) = start().await;
    let body = TaskBody::titled("x")
        .due("2026-12-01")
        .repeating("FREQ=DAILY")
        .reminded("PT9H")
        .reminded("PT8H");
    let created = client.post("/v1/tasks", body).await;
    assert_eq!(client.get("/v1/tasks").await.json["items"][0], created.json);
}

#[tokio::test]
async fn page_holds_fifty_unless_told() {
    let (_app, client) = start().await;
    for _ in 0..51 {
        create(&client, "x", None).await;
    }
    let page = client.get("/v1/tasks").await.json;
    assert_eq!(titles(&page).len(), 50);
    let cursor = page["next_cursor"].as_str().unwrap();
    let last = client.get(&format!("/v1/tasks?cursor={cursor}")).await.json;
    assert_eq!((titles(&last).len(), &last["next_cursor"]), (1, &Value::Null));
    let whole = client.get("/v1/tasks?limit=51").await.json;
    assert_eq!((titles(&whole).len(), &whole["next_cursor"]), (51, &Value::Null));
}

#[tokio::test]
async fn cursor_holds_its_place_whatever_is_written_meanwhile() {
    let (_app, client) = start().await;
    let mut ids = Vec::new();
    for (title, due) in [
        ("b", Some("2026-12-02")),
        ("d", Some("2026-12-04")),
        ("f", Some("2026-12-06")),
        ("z", None),
    ] {
        ids.push(create(&client, title, due).await);
    }
    let page = client.get("/v1/tasks?limit=2").await.json;
    assert_eq!(titles(&page), ["b", "d"]);
    create(&client, "a", Some("2026-12-01")).await;
    create(&client, "e", Some("2026-12-05")).await;
    // The very task that the cursor stands on goes.
    client.command(&format!("/v1/tasks/{}/complete", ids[1]), &[]).await;

    let cursor = page["next_cursor"].as_str().unwrap();
    let page = client.get(&format!("/v1/tasks?limit=3&cursor={cursor}")).await.json;
    assert_eq!(titles(&page), ["e", "f", "z"]);
    assert_eq!(page["next_cursor"], Value::Null);
}

#[tokio::test]
async fn cursor_leads_through_tasks_without_due() {
    let (_app, client) = start().await;
    for title in ["1", "2", "3"] {
        create(&client, title, None).await;
    }
    let mut path = "/v1/tasks?limit=1".to_owned();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let page = client.get(&path).await.json;
        seen.extend(titles(&page).into_iter().map(str::to_owned));
        path = format!(
            "/v1/tasks?limit=1&cursor={}",
            page["next_cursor"].as_str().unwrap_or_default()
        );
    }
    seen.sort_unstable();
    assert_eq!(seen, ["1", "2", "3"]);
}

#[tokio::test]
async fn cursor_of_another_list_or_an_altered_one_is_refused() {
    let (_app, client) = start().await;
    create(&client, "a", Some("2026-12-01")).await;
    create(&client, "b", None).await;
    let page = client.get("/v1/tasks?limit=1").await.json;
    let cursor = page["next_cursor"].as_str().unwrap();
    let flipped = if cursor.ends_with('A') { "Q" } else { "A" };
    let altered = format!("{}{flipped}", &cursor[..cursor.len() - 1]);
    let theirs = cursor::encode(&format!("tasks {SOMEBODY_ELSE} Pending"), &(Value::Null, SOMEBODY_ELSE));
    let queries = [
        format!("status=completed&cursor={cursor}"),
        format!("status=all&cursor={cursor}"),
        format!("cursor={altered}"),
        format!("cursor={theirs}"),
        "cursor=".to_owned(),
        "cursor=%00".to_owned(),
    ];
    for query in queries {
        let reply = client.get(&format!("/v1/tasks?{query}")).await;
        assert_eq!(
            (reply.status.as_u16(), reply.faults()),
            (400, vec!["cursor"]),
            "{query}"
        );
    }
    assert_eq!(
        client
            .get(&format!("/v1/tasks?status=pending&cursor={cursor}"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn limit_is_from_one_to_two_hundred() {
    let (_app, client) = start().await;
    for limit in ["0", "201", "-1", "1.5", "", "x", "99999999999999999999"] {
        let reply = client.get(&format!("/v1/tasks?limit={limit}")).await;
        assert_eq!((reply.status.as_u16(), reply.faults()), (400, vec!["limit"]), "{limit}");
    }
    for limit in ["1", "200"] {
        assert_eq!(client.get(&format!("/v1/tasks?limit={limit}")).await.status, 200);
    }
}

#[tokio::test]
async fn every_fault_of_the_query_is_named_at_once() {
    let (_app, client) = start().await;
    let reply = client.get("/v1/tasks?status=open&limit=0&colour=red&limit=1").await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (400, "malformed-request"));
    let mut faults = reply.faults();
    faults.sort_unstable();
    faults.dedup();
    assert_eq!(faults, ["colour", "limit", "status"]);
}

#[tokio::test]
async fn nobody_sees_what_is_somebody_elses() {
    let (app, client) = start().await;
    app.create_for(SOMEBODY_ELSE, "theirs").await;
    assert_eq!(
        titles(&client.get("/v1/tasks?status=all").await.json),
        Vec::<&str>::new()
    );
    app.create_for(UserId::LOCAL, "mine").await;
    assert_eq!(titles(&client.get("/v1/tasks?status=all").await.json), ["mine"]);
    app.verify_log().await;
}

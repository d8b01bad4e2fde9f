//! Cursors: places that stay, in their own list only.

use domain::UserId;
use runtime::{cursor, input::Query};
use serde_json::{Value, json};
use testing::{Client, SOMEBODY_ELSE};

use crate::{create, found, start, titles};

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
    let (app, client) = start().await;
    create(&client, "a", Some("2026-12-01")).await;
    create(&client, "b", None).await;
    for title in ["c", "d"] {
        app.create_for(SOMEBODY_ELSE, title).await;
    }
    let page = client.get("/v1/tasks?limit=1").await.json;
    let cursor = page["next_cursor"].as_str().unwrap();
    let flipped = if cursor.ends_with('A') { "Q" } else { "A" };
    let altered = format!("{}{flipped}", &cursor[..cursor.len() - 1]);
    let (theirs, _) = first_page(
        &app.serve_as(SOMEBODY_ELSE, [list_tasks::function(app.app())]),
        "limit=1",
    )
    .await;
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

async fn first_page(client: &Client, query: &str) -> (String, Vec<String>) {
    let page = client.get(&format!("/v1/tasks?{query}")).await.json;
    let cursor = page["next_cursor"].as_str().unwrap_or_default().to_owned();
    (cursor, titles(&page).into_iter().map(str::to_owned).collect())
}

#[tokio::test]
async fn every_filter_and_order_binds_the_cursor() {
    let (_app, client) = start().await;
    for title in ["apple", "apricot"] {
        create(&client, title, Some("2026-12-01")).await;
    }
    let filters = [
        "",
        "priority=medium",
        "due_after=2026-01-01",
        "due_before=2027-01-01",
        "overdue=false",
        "q=a",
        "q=ap",
        "sort=title",
        "sort=-title",
        "sort=priority",
    ];
    for one in filters {
        let (cursor, _) = first_page(&client, &format!("limit=1&{one}")).await;
        for other in filters {
            let reply = client.get(&format!("/v1/tasks?{other}&cursor={cursor}")).await;
            let wanted = if one == other { 200 } else { 400 };
            assert_eq!(reply.status, wanted, "{one} then {other}: {reply:?}");
        }
    }
}

#[tokio::test]
async fn same_filters_said_otherwise_are_the_same_list() {
    let (_app, client) = start().await;
    for title in ["a", "b"] {
        create(&client, title, Some("2026-12-01")).await;
    }
    let (cursor, _) = first_page(
        &client,
        "limit=1&priority=low&priority=medium&due_after=2026-12-01&sort=title",
    )
    .await;
    let other = "time_zone=UTC&due_after=2026-12-01T01:00:00%2B01:00&status=pending&priority=MEDIUM&priority=low";
    assert_eq!(
        found(&client, &format!("sort=title&{other}&cursor={cursor}")).await,
        ["b"]
    );
}

/// Whoever reads the code can make a cursor that passes its check: it leads nowhere but into their own list.
#[tokio::test]
async fn forged_cursor_is_refused_or_reads_ones_own_list() {
    let (app, client) = start().await;
    app.create_for(SOMEBODY_ELSE, "theirs").await;
    create(&client, "mine", None).await;
    for sort in ["due_at", "-due_at", "created_at", "priority", "title"] {
        let query = format!("sort={sort}");
        let uri = format!("/v1/tasks?{query}").parse().unwrap();
        let read = list_tasks::parameters::Parameters::read(Query::of(&uri).unwrap(), UserId::LOCAL);
        let scope = read.unwrap().scope;
        for key in [
            json!({"Instant": null}),
            json!({"Instant": "-200000-01-01T00:00:00Z"}),
            json!({"Instant": "2026-12-01T00:00:00Z"}),
            json!({"Rank": -32768}),
            json!({"Text": "\0"}),
            json!({"Text": "'"}),
            json!({"Relevance": 1e30}),
            json!(null),
        ] {
            for id in [
                json!(SOMEBODY_ELSE.to_string()),
                json!("00000000-0000-0000-0000-000000000000"),
                json!(7),
            ] {
                let forged = cursor::encode(&scope, &json!({"key": key, "id": id}));
                let reply = client.get(&format!("/v1/tasks?{query}&cursor={forged}")).await;
                assert!([200, 400].contains(&reply.status.as_u16()), "{sort} {key}: {reply:?}");
                assert!(!titles(&reply.json).contains(&"theirs"));
            }
        }
    }
    assert_eq!(client.get("/v1/tasks").await.json["next_cursor"], Value::Null);
}

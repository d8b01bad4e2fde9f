//! The log by the page.

use domain::UserId;
use serde_json::json;
use storage::installation;
use testing::SOMEBODY_ELSE;

use crate::{create, start, titles, token};

#[tokio::test]
async fn every_event_comes_once_in_order_and_then_what_is_new() {
    let (_app, client) = start().await;
    for title in ["one", "two", "three"] {
        create(&client, title).await;
    }
    let page = client.get("/v1/changes?limit=2").await.json;
    assert_eq!((titles(&page), &page["more"]), (vec!["one", "two"], &json!(true)));
    let page = client
        .get(&format!("/v1/changes?limit=2&since={}", token(&page)))
        .await
        .json;
    assert_eq!((titles(&page), &page["more"]), (vec!["three"], &json!(false)));
    let path = format!("/v1/changes?since={}", token(&page));
    let whole = client.get("/v1/changes?limit=3").await.json;
    assert_eq!((token(&whole), &whole["more"]), (token(&page), &json!(false)));
    let same = client.get(&path).await.json;
    assert_eq!(same, json!({"events": [], "next_token": token(&page), "more": false}));
    create(&client, "four").await;
    let page = client.get(&path).await.json;
    assert_eq!(titles(&page), ["four"]);
    assert_eq!(page["events"][0]["type"], "todo.task.created");
    assert_eq!(page["events"][0]["sequence"], "00000000000000000004");
}

#[tokio::test]
async fn latest_is_a_token_for_what_comes() {
    let (_app, client) = start().await;
    create(&client, "one").await;
    let latest = client.get("/v1/changes?since=latest").await.json;
    assert_eq!((&latest["events"], &latest["more"]), (&json!([]), &json!(false)));
    create(&client, "two").await;
    let page = client.get(&format!("/v1/changes?since={}", token(&latest))).await.json;
    assert_eq!(titles(&page), ["two"]);
}

#[tokio::test]
async fn who_never_wrote_has_no_events_and_a_token_all_the_same() {
    let (_app, client) = start().await;
    let page = client.get("/v1/changes").await.json;
    assert_eq!(titles(&page), [""; 0]);
    create(&client, "one").await;
    let page = client.get(&format!("/v1/changes?since={}", token(&page))).await.json;
    assert_eq!(titles(&page), ["one"]);
}

#[tokio::test]
async fn token_of_another_era_or_ahead_of_the_log_has_expired() {
    let (app, client) = start().await;
    create(&client, "one").await;
    let page = client.get("/v1/changes").await.json;
    let path = format!("/v1/changes?since={}", token(&page));
    // A restore that lost the event.
    for lost in ["DELETE FROM events", "UPDATE log_heads SET seq = 0, published_seq = 0"] {
        sqlx::query(lost).execute(&app.database().pool()).await.unwrap();
    }
    let expired = client.get(&path).await;
    assert_eq!((expired.status.as_u16(), expired.problem()), (410, "token-expired"));
    create(&client, "one").await;
    assert_eq!(client.get(&path).await.status, 200);
    let mut session = app.app().database.session().await.unwrap();
    installation::renew_era(&mut session).await.unwrap();
    let expired = client.get(&path).await;
    assert_eq!((expired.status.as_u16(), expired.problem()), (410, "token-expired"));
    assert!(expired.json["detail"].as_str().unwrap().contains("since=latest"));
    let streamed = client.get_with(&path, &[("accept", "text/event-stream")]).await;
    assert_eq!(streamed.problem(), "token-expired");
}

#[tokio::test]
async fn token_that_is_older_than_the_log_has_expired() {
    let (app, client) = start().await;
    let mut tokens = vec![token(&client.get("/v1/changes").await.json).to_owned()];
    for title in ["one", "two", "three"] {
        create(&client, title).await;
        tokens.push(token(&client.get("/v1/changes?since=latest").await.json).to_owned());
    }
    let read = async |token: &str| client.get(&format!("/v1/changes?since={token}")).await;
    for (gone, expired) in [(2, 2), (3, 3)] {
        sqlx::query("DELETE FROM events WHERE seq <= $1")
            .bind(gone)
            .execute(&app.database().pool())
            .await
            .unwrap();
        for token in &tokens[..expired] {
            assert_eq!(read(token).await.problem(), "token-expired");
        }
        for token in &tokens[expired..] {
            assert_eq!(read(token).await.status, 200);
        }
    }
    // Whoever has nothing misses nothing.
    assert_eq!(client.get("/v1/changes").await.status, 200);
}

#[tokio::test]
async fn tokens_are_their_users_own_and_unaltered() {
    let (app, client) = start().await;
    create(&client, "one").await;
    let page = client.get("/v1/changes").await.json;
    let path = format!("/v1/changes?since={}", token(&page));
    let stranger = app.serve_as(SOMEBODY_ELSE, [stream_changes::function(app.app())]);
    assert_eq!(stranger.get(&path).await.problem(), "malformed-request");
    assert_eq!(titles(&stranger.get("/v1/changes").await.json), [""; 0]);
    for since in ["x", "", "LATEST", "-1"] {
        let refused = client.get(&format!("/v1/changes?since={since}")).await;
        assert_eq!(refused.faults(), ["since"], "{since}");
    }
}

#[tokio::test]
async fn erased_event_keeps_its_place_and_kind() {
    let (app, client) = start().await;
    create(&client, "one").await;
    create(&client, "two").await;
    sqlx::query("UPDATE events SET data = NULL WHERE seq = 1")
        .execute(&app.database().pool())
        .await
        .unwrap();
    let page = client.get("/v1/changes").await.json;
    assert_eq!(page["events"][0]["data"], json!(null));
    assert_eq!(page["events"][0]["type"], "todo.task.created");
    assert_eq!(page["events"][1]["data"]["user_id"], json!(UserId::LOCAL));
}

#[tokio::test]
async fn event_of_a_newer_release_is_passed_over() {
    let (app, client) = start().await;
    create(&client, "one").await;
    create(&client, "two").await;
    sqlx::query("UPDATE events SET type = 'todo.task.teleported' WHERE seq = 2")
        .execute(&app.database().pool())
        .await
        .unwrap();
    let page = client.get("/v1/changes").await.json;
    assert_eq!(titles(&page), ["one"]);
    let page = client.get(&format!("/v1/changes?since={}", token(&page))).await.json;
    assert_eq!(titles(&page), [""; 0]);
}

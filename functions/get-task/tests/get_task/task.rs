//! One task.

use testing::TaskBody;

use crate::{ids_of_nothing, start};

#[tokio::test]
async fn task_reads_as_it_was_answered_when_created() {
    let (_app, client) = start().await;
    let body = TaskBody::titled("Water the plants")
        .with("tags", vec!["home"])
        .with("description", "Balcony")
        .with("priority", "low")
        .with("exceptions", vec!["2026-12-08T09:00:00"])
        .with("additions", vec!["2026-12-09T09:00:00"])
        .due("2026-12-01T09:00:00")
        .zone("Europe/Berlin")
        .repeating("FREQ=DAILY;UNTIL=20270101T080000Z")
        .reminded("-P1DT2H")
        .reminded_at("2026-12-01T08:00:00.123456Z");
    let created = client.post("/v1/tasks", body).await;
    assert_eq!(created.status, 201, "{created:?}");
    let read = client.get(created.header("location")).await;
    assert_eq!((read.status.as_u16(), &read.json), (200, &created.json));
    assert_eq!(read.header("etag"), "\"1\"");
    assert_eq!(read.header("content-type"), "application/json");
}

#[tokio::test]
async fn version_that_the_client_has_is_not_sent_again() {
    let (_app, client) = start().await;
    let created = client.post("/v1/tasks", TaskBody::titled("x")).await;
    let path = created.header("location");
    for known in ["\"1\"", "W/\"1\"", "\"0\", \"1\"", "*"] {
        let reply = client.get_with(path, &[("if-none-match", known)]).await;
        assert_eq!(reply.status, 304, "{known}");
        assert!(reply.body.is_empty());
        assert_eq!(reply.header("etag"), "\"1\"");
        assert_eq!(reply.header("cache-control"), "private, no-cache");
    }
    client.command(&format!("{path}/complete"), &[]).await;
    let reply = client.get_with(path, &[("if-none-match", "\"1\"")]).await;
    assert_eq!((reply.status.as_u16(), reply.header("etag")), (200, "\"2\""));
}

#[tokio::test]
async fn condition_that_is_no_entity_tag_is_refused() {
    let (_app, client) = start().await;
    let created = client.post("/v1/tasks", TaskBody::titled("x")).await;
    for path in [
        created.header("location"),
        "/v1/tasks/00000000-0000-4000-8000-000000000000",
    ] {
        let reply = client.get_with(path, &[("if-none-match", "1")]).await;
        assert_eq!((reply.status.as_u16(), reply.faults()), (400, vec!["if-none-match"]));
    }
}

#[tokio::test]
async fn client_that_names_no_version_has_none() {
    let (_app, client) = start().await;
    let created = client.post("/v1/tasks", TaskBody::titled("x")).await;
    for nothing in ["", " , "] {
        let reply = client
            .get_with(created.header("location"), &[("if-none-match", nothing)])
            .await;
        assert_eq!(reply.status, 200, "{nothing:?}");
    }
}

#[tokio::test]
async fn what_is_unknown_or_somebody_elses_is_not_found() {
    let (app, client) = start().await;
    client.post("/v1/tasks", TaskBody::titled("mine")).await;
    for id in ids_of_nothing(&app).await {
        let reply = client.get(&format!("/v1/tasks/{id}")).await;
        assert_eq!((reply.status.as_u16(), reply.problem()), (404, "not-found"), "{id}");
    }
}

#[tokio::test]
async fn unknown_parameter_is_refused() {
    let (_app, client) = start().await;
    let created = client.post("/v1/tasks", TaskBody::titled("x")).await;
    let reply = client.get(&format!("{}?colour=red", created.header("location"))).await;
    assert_eq!((reply.status.as_u16(), reply.faults()), (400, vec!["colour"]));
}

//! `If-Match` and `Idempotency-Key`.

use testing::TaskBody;

use crate::World;

#[tokio::test]
async fn version_that_the_client_has_not_seen_is_left_alone() {
    let world = World::start().await;
    let path = world.create(TaskBody::titled("x")).await;
    let complete = format!("{path}/complete");
    for stale in ["\"2\"", "\"0\", \"3\"", "W/\"1\"", "\"0,\"", "\"\""] {
        let reply = world.client.command(&complete, &[("if-match", stale)]).await;
        assert_eq!(
            (reply.status.as_u16(), reply.problem()),
            (412, "precondition-failed"),
            "{stale}"
        );
        assert!(reply.json["detail"].as_str().unwrap().contains("\"1\""));
    }
    assert_eq!(world.events().await, 1);
    assert_eq!(
        world
            .client
            .command(&complete, &[("if-match", ", \"7,7\",,\"1\",")])
            .await
            .status,
        200
    );
    assert_eq!(world.client.command(&complete, &[("if-match", "*")]).await.status, 200);
    // Also what would change nothing is refused to a client that has not seen it.
    assert_eq!(
        world.client.command(&complete, &[("if-match", "\"1\"")]).await.status,
        412
    );
    world.app.verify_log().await;
}

#[tokio::test]
async fn condition_that_cannot_be_read_is_refused() {
    let world = World::start().await;
    let known = world.create(TaskBody::titled("x")).await;
    // Whether there is such a task makes no difference.
    for path in [known.as_str(), "/v1/tasks/00000000-0000-4000-8000-000000000000"] {
        for unreadable in ["1", "", ",", "\"1", "\"1\" \"2\"", "x\"1\"", "\"1\"x", "W/1"] {
            let headers = [("if-match", unreadable)];
            let reply = world.client.command(&format!("{path}/complete"), &headers).await;
            assert_eq!(
                (reply.status.as_u16(), reply.faults()),
                (400, vec!["if-match"]),
                "{unreadable}"
            );
        }
    }
    assert_eq!(world.events().await, 1);
}

#[tokio::test]
async fn of_many_who_saw_the_same_version_one_succeeds() {
    let world = World::start().await;
    let path = world.create(TaskBody::titled("x")).await;
    let replies = world
        .at_once(&format!("{path}/complete"), &[("if-match", "\"1\"")], 20)
        .await;
    let count = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((count(200), count(412)), (1, 19));
    world.app.verify_log().await;
}

#[tokio::test]
async fn repetition_is_answered_as_before_whatever_has_become_of_the_task() {
    const KEY: &[(&str, &str)] = &[("idempotency-key", "k"), ("if-match", "\"1\"")];
    let world = World::start().await;
    let path = world.create(TaskBody::titled("x")).await;
    let complete = format!("{path}/complete");
    let first = world.client.command(&complete, KEY).await;
    assert_eq!(first.status, 200);
    assert!(!first.headers.contains_key("idempotency-replayed"));
    world.reopen(&path).await;

    // Its version is stale by now, and the task is pending again.
    let again = world.client.command(&complete, KEY).await;
    assert_eq!(
        (again.status.as_u16(), again.header("idempotency-replayed")),
        (200, "true")
    );
    assert_eq!(
        (again.body.clone(), again.header("etag")),
        (first.body.clone(), first.header("etag"))
    );
    assert_eq!(world.client.get(&path).await.json["status"], "pending");
    assert_eq!(world.events().await, 3);
    world.app.verify_log().await;
}

#[tokio::test]
async fn many_repetitions_at_once_are_one() {
    let world = World::start().await;
    let path = world.create(TaskBody::titled("x")).await;
    let replies = world
        .at_once(&format!("{path}/complete"), &[("idempotency-key", "k")], 30)
        .await;
    assert!(
        replies
            .iter()
            .all(|reply| reply.status == 200 && reply.body == replies[0].body),
        "{replies:?}"
    );
    let replayed = replies
        .iter()
        .filter(|reply| reply.headers.contains_key("idempotency-replayed"));
    assert_eq!(replayed.count(), 29);
    world.app.verify_log().await;
}

#[tokio::test]
async fn key_counts_for_its_path_only() {
    const KEY: &[(&str, &str)] = &[("idempotency-key", "k")];
    let world = World::start().await;
    let path = world.create(TaskBody::titled("x")).await;
    assert_eq!(
        world.client.command(&format!("{path}/complete"), KEY).await.json["status"],
        "completed"
    );
    assert_eq!(
        world.client.command(&format!("{path}/reopen"), KEY).await.json["status"],
        "pending"
    );
    assert_eq!(world.events().await, 3);
}

#[tokio::test]
async fn refusals_are_not_kept() {
    let world = World::start().await;
    let path = world.create(TaskBody::titled("x")).await;
    let complete = format!("{path}/complete");
    let stale = [("idempotency-key", "k"), ("if-match", "\"9\"")];
    assert_eq!(world.client.command(&complete, &stale).await.status, 412);
    assert_eq!(world.client.command(&complete, &stale[..1]).await.status, 200);
}

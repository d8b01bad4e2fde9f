//! Users see nothing of each other.

use testing::{Client, TaskBody, TestApp};

fn client_of(app: &TestApp, name: &str) -> Client {
    let functions = [create_task::function, get_task::function, complete_task::function];
    app.as_user(name)
        .serve_all(functions.map(|function| function(app.app())))
}

#[tokio::test]
async fn what_one_user_has_another_finds_not() {
    let app = TestApp::start().await;
    let (ann, bob) = (client_of(&app, "ann"), client_of(&app, "bob"));
    let path = ann
        .post("/v1/tasks", TaskBody::titled("Ann's"))
        .await
        .header("location")
        .to_owned();
    bob.post("/v1/tasks", TaskBody::titled("Bob's")).await;

    assert_eq!(bob.get(&path).await.status, 404);
    assert_eq!(bob.get(&format!("{path}/events")).await.status, 404);
    assert_eq!(bob.command(&format!("{path}/complete"), &[]).await.status, 404);
    assert_eq!(ann.get(&path).await.json["version"], 1);
    app.verify_log().await;
}

#[tokio::test]
async fn each_user_has_keys_and_numbers_of_their_own() {
    let app = TestApp::start().await;
    for user in ["ann", "bob"] {
        let headers = [("idempotency-key", "k")];
        let reply = client_of(&app, user)
            .post_with("/v1/tasks", &headers, TaskBody::titled("x"))
            .await;
        assert_eq!(reply.status, 201);
        assert!(!reply.headers.contains_key("idempotency-replayed"));
        let seqs: Vec<_> = app
            .events(app.as_user(user).id())
            .await
            .iter()
            .map(|event| event.seq)
            .collect();
        assert_eq!(seqs, [1]);
    }
    app.verify_log().await;
}

#[tokio::test]
async fn one_users_writes_do_not_wait_for_anothers() {
    let app = TestApp::start().await;
    let (ann, bob) = (client_of(&app, "ann"), client_of(&app, "bob"));
    ann.post("/v1/tasks", TaskBody::titled("x")).await;
    let mut holder = app.database().pool().begin().await.unwrap();
    sqlx::query("SELECT FROM log_heads WHERE user_id = $1 FOR UPDATE")
        .bind(app.as_user("ann").id().0)
        .execute(&mut *holder)
        .await
        .unwrap();
    assert_eq!(bob.post("/v1/tasks", TaskBody::titled("y")).await.status, 201);
    holder.rollback().await.unwrap();
}

//! Keys at a URL.

use chrono::TimeDelta;
use http::StatusCode;
use testing::{Client, eventually};

use super::{ask, client, clock, issuer::Issuer, new_key, token, token_with};

#[tokio::test]
async fn keys_are_fetched_once_a_token_needs_one() {
    let (key, clock) = (new_key(), clock());
    let issuer = Issuer::of(&[&key]).await;
    let client = client(issuer.source(), clock.clock());
    assert_eq!(client.get("/whoami").await.status, 401);
    let foreign = key.sign(
        r#"{"alg":"EdDSA"}"#,
        r#"{"iss":"x","aud":"x","sub":"x","exp":4102444800}"#,
    );
    for refused in ["nonsense", &foreign] {
        assert_eq!(ask(&client, refused).await, 401);
    }
    assert_eq!(issuer.asked(), 0);
    for _ in 0..3 {
        assert_eq!(ask(&client, &token(&key)).await, 200);
    }
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn requests_that_wait_for_keys_share_one_fetch() {
    let (key, clock) = (new_key(), clock());
    let issuer = Issuer::of(&[&key]).await;
    issuer.be_slow(true);
    let client = client(issuer.source(), clock.clock());
    let asking = (0..50).map(|_| {
        let (client, token) = (client.clone(), token(&key));
        tokio::spawn(async move { ask(&client, &token).await })
    });
    let asking: Vec<_> = asking.collect();
    eventually("the issuer is asked", async || issuer.asked() > 0).await;
    issuer.be_slow(false);
    for asked in asking {
        assert_eq!(asked.await.unwrap(), 200);
    }
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn key_that_is_new_is_fetched_when_a_token_needs_it() {
    let (old, new, clock) = (new_key(), new_key(), clock());
    let issuer = Issuer::of(&[&old]).await;
    let client = client(issuer.source(), clock.clock());
    assert_eq!(ask(&client, &token(&old)).await, 200);
    issuer.publish(&[&old, &new]);
    clock.advance(TimeDelta::seconds(10));
    assert_eq!(ask(&client, &token(&new)).await, 200);
    assert_eq!(ask(&client, &token(&old)).await, 200);
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test]
async fn unknown_keys_are_asked_for_once_in_ten_seconds_whatever_is_sent() {
    let (key, clock) = (new_key(), clock());
    let issuer = Issuer::of(&[&key]).await;
    let client = client(issuer.source(), clock.clock());
    assert_eq!(ask(&client, &token(&key)).await, 200);
    let kids = ["../../etc/passwd", "https://forger.example/jwks", "/jwks?x", "", "x"];
    for asked in [1, 1, 2, 2, 3] {
        for kid in kids {
            assert_eq!(ask(&client, &token_with(&key, kid)).await, 401);
        }
        assert_eq!(issuer.asked(), asked);
        clock.advance(TimeDelta::seconds(5));
    }
    assert_eq!(ask(&client, &token(&key)).await, 200);
}

#[tokio::test]
async fn clock_that_is_set_back_keeps_no_new_key_out() {
    let (old, new, clock) = (new_key(), new_key(), clock());
    let issuer = Issuer::of(&[&old]).await;
    let client = client(issuer.source(), clock.clock());
    assert_eq!(ask(&client, &token(&old)).await, 200);
    issuer.publish(&[&old, &new]);
    clock.advance(TimeDelta::hours(-1));
    assert_eq!(ask(&client, &token(&new)).await, 200);
}

#[tokio::test]
async fn slow_issuer_keeps_nobody_waiting_whose_key_is_known() {
    let (key, new, clock) = (new_key(), new_key(), clock());
    let issuer = Issuer::of(&[&key]).await;
    let client = client(issuer.source(), clock.clock());
    assert_eq!(ask(&client, &token(&key)).await, 200);
    issuer.be_slow(true);
    issuer.publish(&[&key, &new]);
    clock.advance(TimeDelta::seconds(10));
    let waits = tokio::spawn({
        let (client, token) = (client.clone(), token(&new));
        async move { ask(&client, &token).await }
    });
    eventually("the issuer is asked", async || issuer.asked() == 2).await;
    clock.advance(TimeDelta::minutes(10));
    for _ in 0..10 {
        assert_eq!(ask(&client, &token(&key)).await, 200);
    }
    assert!(!waits.is_finished());
    issuer.be_slow(false);
    assert_eq!(waits.await.unwrap(), 200);
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test]
async fn keys_that_are_old_are_fetched_beside_requests() {
    let (old, new, clock) = (new_key(), new_key(), clock());
    let issuer = Issuer::of(&[&old]).await;
    let client = client(issuer.source(), clock.clock());
    assert_eq!(ask(&client, &token(&old)).await, 200);
    clock.advance(TimeDelta::seconds(299));
    assert_eq!(ask(&client, &token(&old)).await, 200);
    assert_eq!(issuer.asked(), 1);

    issuer.publish(&[&new]);
    clock.advance(TimeDelta::seconds(1));
    assert_eq!(ask(&client, &token(&old)).await, 200, "it is known, and nobody waits");
    eventually("what the issuer took back is refused", async || {
        ask(&client, &token(&old)).await == 401
    })
    .await;
    assert_eq!(ask(&client, &token(&new)).await, 200);
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test]
async fn client_that_goes_away_takes_nothing_from_the_others() {
    let (key, clock) = (new_key(), clock());
    let issuer = Issuer::of(&[&key]).await;
    let client = client(issuer.source(), clock.clock());
    issuer.be_slow(true);
    let goes = tokio::spawn({
        let (client, token) = (client.clone(), token(&key));
        async move { ask(&client, &token).await }
    });
    eventually("the issuer is asked", async || issuer.asked() == 1).await;
    goes.abort();
    assert!(goes.await.unwrap_err().is_cancelled());
    issuer.be_slow(false);
    assert_eq!(ask(&client, &token(&key)).await, 200);
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn keys_serve_on_while_their_issuer_is_away() {
    let (key, clock) = (new_key(), clock());
    let mut issuer = Issuer::of(&[&key]).await;
    let client = client(issuer.source(), clock.clock());
    assert_eq!(ask(&client, &token(&key)).await, 200);
    issuer.go_away().await;
    for _ in 0..10 {
        clock.advance(TimeDelta::hours(1));
        assert_eq!(ask(&client, &token(&key)).await, 200);
        assert_eq!(ask(&client, &token_with(&key, "unknown")).await, 401);
    }
}

#[tokio::test]
async fn without_any_keys_clients_are_told_to_come_back() {
    let (key, clock) = (new_key(), clock());
    let issuer = Issuer::of(&[]).await;
    let client = client(issuer.source(), clock.clock());
    for status in [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::NO_CONTENT] {
        issuer.answer(status, "");
        let reply = client.clone().bearing(&token(&key)).get("/whoami").await;
        assert_eq!((reply.status.as_u16(), reply.problem()), (503, "unavailable"));
        assert_eq!(reply.header("retry-after"), "1");
        clock.advance(TimeDelta::seconds(10));
    }
    issuer.publish(&[&key]);
    assert_eq!(ask(&client, &token(&key)).await, 200);
    assert_eq!(issuer.asked(), 3);
}

/// Has the keys fetched again, and waits until they were.
async fn fetch_again(client: &Client, issuer: &Issuer, clock: &runtime::TestClock) {
    let before = issuer.asked();
    clock.advance(TimeDelta::seconds(10));
    assert_eq!(ask(client, &token_with(&new_key(), "unknown")).await, 401);
    assert_eq!(issuer.asked(), before + 1);
}

#[tokio::test]
async fn answer_that_is_no_use_takes_no_key_away() {
    let (key, forger, clock) = (new_key(), new_key(), clock());
    let issuer = Issuer::of(&[&key]).await;
    let client = client(issuer.source(), clock.clock());
    assert_eq!(ask(&client, &token(&key)).await, 200);
    let forged = super::document(&[&forger]);
    let huge = format!("{forged}{}", " ".repeat(100_000));
    let many = format!(r#"{{"keys":[{}]}}"#, vec!["{}"; 101].join(","));
    for (status, body) in [
        (StatusCode::INTERNAL_SERVER_ERROR, forged.as_str()),
        (StatusCode::NOT_FOUND, &forged),
        (StatusCode::CREATED, &forged),
        (StatusCode::OK, "<html>Maintenance</html>"),
        (StatusCode::OK, r#"{"error":"later"}"#),
        (StatusCode::OK, ""),
        (StatusCode::OK, &huge),
        (StatusCode::OK, &many),
    ] {
        issuer.answer(status, body);
        fetch_again(&client, &issuer, &clock).await;
        assert_eq!(ask(&client, &token(&key)).await, 200, "{status} {body:.40}");
        assert_eq!(ask(&client, &token(&forger)).await, 401, "{status} {body:.40}");
    }
    issuer.redirect(&forged);
    fetch_again(&client, &issuer, &clock).await;
    assert_eq!(ask(&client, &token(&key)).await, 200);
}

#[tokio::test]
async fn issuer_that_takes_all_keys_back_is_believed() {
    let (key, clock) = (new_key(), clock());
    let issuer = Issuer::of(&[&key]).await;
    let client = client(issuer.source(), clock.clock());
    assert_eq!(ask(&client, &token(&key)).await, 200);
    issuer.publish(&[]);
    fetch_again(&client, &issuer, &clock).await;
    assert_eq!(ask(&client, &token(&key)).await, 401);
}

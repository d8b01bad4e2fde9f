//! How many requests one may make.

use runtime::Clock;
use testing::issuer;

use crate::support::{Recorder, Served, gateway, gateway_with, problem};

async fn gateway_of(quota: &str, variables: &[(&str, &str)]) -> Served {
    let url = format!("http://{}", Recorder::default().start().await);
    let all = [
        &[("FUNCTIONS_URL", url.as_str()), ("RATE_LIMIT_PER_MINUTE", quota)],
        variables,
    ]
    .concat();
    gateway_with(&all, issuer::authentication(Clock::system()), &Clock::system()).await
}

async fn get(gateway: &Served, headers: &[(&str, &str)]) -> reqwest::Response {
    let request = gateway.client.get(gateway.url("/v1/tasks"));
    let with = |request: reqwest::RequestBuilder, (name, value): &(&str, &str)| request.header(*name, *value);
    headers.iter().fold(request, with).send().await.expect("it is served")
}

fn bearer(name: &str) -> String {
    format!("Bearer {}", issuer::token(name))
}

#[tokio::test]
async fn users_are_told_what_they_have_left() {
    let gateway = gateway_of("3", &[]).await;
    let alice = bearer("alice");
    for (left, time) in [(2, 20), (1, 40), (0, 60)] {
        let response = get(&gateway, &[("authorization", &alice)]).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["ratelimit-policy"], "\"default\";q=3;w=60");
        assert_eq!(
            response.headers()["ratelimit"],
            format!("\"default\";r={left};t={time}")
        );
    }
    let response = get(&gateway, &[("authorization", &alice)]).await;
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["ratelimit"], "\"default\";r=0;t=20");
    assert_eq!(response.headers()["retry-after"], "20");
    assert_eq!(problem(response).await, "rate-limited");
    assert_eq!(get(&gateway, &[("authorization", &bearer("bob"))]).await.status(), 200);
}

#[tokio::test]
async fn six_hundred_a_minute_unless_told_otherwise() {
    let gateway = gateway(Recorder::default().start().await, &[]).await;
    let response = gateway.get("/v1/tasks").await;
    assert_eq!(response.headers()["ratelimit-policy"], "\"default\";q=600;w=60");
    assert_eq!(response.headers()["ratelimit"], "\"default\";r=599;t=1");
}

#[tokio::test]
async fn strangers_are_counted_by_their_address() {
    let gateway = gateway_of("1", &[]).await;
    for path in ["/v1/tasks", "/nowhere"].iter().cycle().take(10) {
        assert_eq!(gateway.get(path).await.status(), 401);
    }
    let response = gateway.get("/v1/tasks").await;
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["ratelimit-policy"], "\"address\";q=10;w=60");
    assert_eq!(response.headers()["ratelimit"], "\"address\";r=0;t=6");
    assert_eq!(gateway.get("/healthz").await.status(), 200);
}

#[tokio::test]
async fn address_of_many_users_serves_them_all() {
    let gateway = gateway_of("1", &[]).await;
    for number in 0..10 {
        let token = bearer(&format!("user {number}"));
        assert_eq!(get(&gateway, &[("authorization", &token)]).await.status(), 200);
    }
}

#[tokio::test]
async fn addresses_are_told_apart_behind_a_proxy_of_ours_only() {
    for (trusted, status) in [("127.0.0.1", 401), ("10.0.0.0/8", 429)] {
        let gateway = gateway_of("1", &[("TRUSTED_PROXIES", trusted)]).await;
        for host in 0..11 {
            let address = format!("203.0.113.{host}");
            let response = get(&gateway, &[("x-forwarded-for", &address)]).await;
            assert_eq!(response.status(), if host < 10 { 401 } else { status });
        }
    }
}

#[tokio::test]
async fn local_user_is_one_user() {
    let gateway = gateway(Recorder::default().start().await, &[("RATE_LIMIT_PER_MINUTE", "2")]).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(gateway.get("/v1/tasks").await.status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 429]);
}

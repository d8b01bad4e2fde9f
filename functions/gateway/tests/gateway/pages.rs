//! Pages of other origins.

use http::Method;

use crate::support::{Recorder, Served, gateway};

const APP: &str = "https://app.example";

async fn open() -> Served {
    let origins = [("CORS_ALLOWED_ORIGINS", "https://app.example,http://localhost:3000")];
    gateway(Recorder::default().start().await, &origins).await
}

async fn preflight(gateway: &Served, origin: &str) -> reqwest::Response {
    gateway
        .client
        .request(Method::OPTIONS, gateway.url("/v1/tasks/1"))
        .header("origin", origin)
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", "authorization,content-type,if-match")
        .send()
        .await
        .expect("it is served")
}

#[tokio::test]
async fn pages_of_listed_origins_may_ask() {
    let gateway = open().await;
    for origin in [APP, "http://localhost:3000"] {
        let response = preflight(&gateway, origin).await;
        let headers = response.headers();
        assert_eq!(response.status(), 200);
        assert_eq!(headers["access-control-allow-origin"], origin);
        assert!(
            headers["access-control-allow-methods"]
                .to_str()
                .unwrap()
                .contains("PATCH")
        );
        assert!(
            headers["access-control-allow-headers"]
                .to_str()
                .unwrap()
                .contains("if-match")
        );
        assert_eq!(headers["access-control-max-age"], "600");
        assert!(!headers.contains_key("access-control-allow-credentials"));
    }
}

#[tokio::test]
async fn they_may_read_failures_too() {
    let gateway = open().await;
    for path in ["/v1/tasks", "/nowhere"] {
        let response = gateway
            .client
            .get(gateway.url(path))
            .header("origin", APP)
            .send()
            .await
            .unwrap();
        assert_eq!(response.headers()["access-control-allow-origin"], APP, "{path}");
        let readable = response.headers()["access-control-expose-headers"].to_str().unwrap();
        assert!(
            readable.contains("ratelimit") && readable.contains("etag"),
            "{readable}"
        );
        assert!(response.headers()["vary"].to_str().unwrap().contains("origin"));
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_not() {
    let gateway = open().await;
    for origin in [
        "https://evil.example",
        "https://app.example.evil",
        "http://app.example",
        "null",
    ] {
        let response = preflight(&gateway, origin).await;
        assert!(
            !response.headers().contains_key("access-control-allow-origin"),
            "{origin}"
        );
    }
}

#[tokio::test]
async fn without_a_list_no_page_may() {
    let gateway = gateway(Recorder::default().start().await, &[]).await;
    let response = preflight(&gateway, APP).await;
    assert_eq!(response.status(), 405);
    assert!(!response.headers().contains_key("access-control-allow-origin"));
}

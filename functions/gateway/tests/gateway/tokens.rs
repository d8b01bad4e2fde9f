//! Nobody is handed on whose user is not known.

use runtime::Clock;
use testing::issuer;

use crate::support::{Recorder, gateway_with, problem};

#[tokio::test]
async fn function_hears_only_of_those_whose_token_is_good() {
    let recorder = Recorder::default();
    let url = format!("http://{}", recorder.start().await);
    let authentication = issuer::authentication(Clock::system());
    let gateway = gateway_with(&[("FUNCTIONS_URL", &url)], authentication, &Clock::system()).await;
    let expired = issuer::token_until("alice", testing::instant("2020-01-01T00:00:00Z"));
    for token in [None, Some("nonsense".to_owned()), Some(expired)] {
        let request = gateway.client.get(gateway.url("/v1/tasks"));
        let request = token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401);
        assert!(
            response.headers()["www-authenticate"]
                .to_str()
                .unwrap()
                .starts_with("Bearer")
        );
        assert_eq!(problem(response).await, "unauthenticated");
    }
    assert!(recorder.seen().is_empty());

    let token = issuer::token("alice");
    let request = gateway.client.get(gateway.url("/v1/tasks")).bearer_auth(&token);
    assert_eq!(request.send().await.unwrap().status(), 200);
    // The function verifies it again, by itself.
    assert_eq!(
        recorder.only().header("authorization"),
        Some(&*format!("Bearer {token}"))
    );
}

//! The pages for people.

use api_description::problems;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

async fn get(path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request = Request::get(path).body(Body::empty()).expect("the test writes a path");
    let Ok(response) = api_page::routes().oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("the body is whole").to_bytes();
    (parts.status, parts.headers, body.to_vec())
}

#[tokio::test]
async fn every_problem_that_is_described_leads_to_its_explanation() {
    let (status, _, list) = get("/problems").await;
    assert_eq!(status, StatusCode::OK);
    for kind in problems::ALL {
        let path = format!("/problems/{}", kind.name);
        assert!(String::from_utf8_lossy(&list).contains(&path));
        let (status, headers, page) = get(&path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert!(String::from_utf8_lossy(&page).contains(kind.remedy), "{path}");
        let text = [kind.title, kind.meaning, kind.remedy].concat();
        assert!(!text.contains(['<', '>', '&']), "{path}: it would be taken for markup");
    }
    assert_eq!(get("/problems/none").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn everything_the_viewer_is_made_of_comes_from_here() {
    let (status, headers, page) = get("/docs").await;
    assert_eq!(status, StatusCode::OK);
    let policy = headers["content-security-policy"].to_str().expect("it is text");
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    let page = String::from_utf8(page).expect("it is text");
    let places = page.split(['"']).filter(|text| text.starts_with('/'));
    let mut count = 0;
    for place in places {
        let (status, headers, body) = get(place).await;
        assert_eq!(status, StatusCode::OK, "{place}");
        assert!(!body.is_empty() && headers.contains_key("content-type"), "{place}");
        count += 1;
    }
    assert_eq!(count, 4, "{page}");
    assert!(!page.contains("://"), "{page}");
}
